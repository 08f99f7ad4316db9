// The tablet's door: a scanner that types, the camera, the keys of the PIN. Plain forms do the same without it.
const scan = document.querySelector("[data-scan]");
const camera = document.querySelector("[data-camera]");
const pins = document.querySelector("[data-pins]");

/* A hand scanner types wherever the focus is: give it to the field. */
function catchScanner(event) {
  if (event.target === scan || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  scan.focus();
}

async function canRead() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return false;
  return (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

function stopCamera(video) {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  video.parentElement.hidden = true;
}

async function look(video, detector) {
  if (!video.srcObject) return;
  const [found] = await detector.detect(video).catch(() => []);
  if (!found) return requestAnimationFrame(() => look(video, detector));
  stopCamera(video);
  scan.value = found.rawValue;
  scan.form.requestSubmit();
}

async function openCamera() {
  const video = document.querySelector("[data-viewer] video");
  if (video.srcObject) return stopCamera(video);
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    camera.hidden = true;
    return;
  }
  video.parentElement.hidden = false;
  await video.play();
  look(video, new window.BarcodeDetector({ formats: ["qr_code"] }));
}

/* The keys fill the first field that is not full; the last figure of the last field sends. */
function prepareKeys(form) {
  const fields = [...form.querySelectorAll("[data-pin]")];
  const current = () => fields.find((field) => field.value.length < 4) ?? fields.at(-1);
  for (const field of fields) field.inputMode = "none";
  form.querySelector("[data-keypad]").hidden = false;
  form.querySelector("[data-plain]").hidden = true;
  const goOn = () => {
    if (fields.every((field) => field.value.length === 4)) form.requestSubmit();
    else current().focus();
  };
  form.addEventListener("click", ({ target }) => {
    const key = target.closest("[data-figure]");
    if (!key) return;
    const field = key.dataset.figure ? current() : (fields.findLast((one) => one.value) ?? fields[0]);
    field.value = key.dataset.figure ? field.value + key.dataset.figure : field.value.slice(0, -1);
    if (key.dataset.figure) goOn();
  });
  form.addEventListener("input", goOn);
}

if (scan) document.addEventListener("keydown", catchScanner);
if (camera && (await canRead())) {
  camera.hidden = false;
  camera.addEventListener("click", openCamera);
}
if (pins) prepareKeys(pins);
