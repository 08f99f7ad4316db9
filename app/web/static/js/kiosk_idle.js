// Two minutes without a touch lock the screen; touches that ask nothing of the server are told to it now and then.
// Without a network nothing locks: the PIN could not be checked. The server has the last word in any case.
const LOCK_AFTER = 120_000;
const TELL_EVERY = 20_000;

export function watchTouches(seat, isCut) {
  let touched = Date.now();
  let told = Date.now();

  async function tell() {
    told = Date.now();
    const answer = await fetch(seat.dataset.touch, { method: "POST" }).catch(() => null);
    if (answer?.status === 401) location.assign(seat.dataset.door);
  }

  function onTouch() {
    touched = Date.now();
    if (touched - told > TELL_EVERY && !isCut()) tell();
  }

  function lock() {
    const form = document.createElement("form");
    form.method = "post";
    form.action = seat.dataset.lock;
    document.body.append(form);
    form.submit();
  }

  for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, onTouch, { passive: true });
  setInterval(() => {
    if (Date.now() - touched > LOCK_AFTER && !isCut()) lock();
  }, 5000);
}
