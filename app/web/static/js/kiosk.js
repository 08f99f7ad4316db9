// The pupil's screens: taps are kept, sent in order, and carried out once, whatever the network. Without this file the
// same forms post by themselves.
import { add, newKey, send, tell, waiting } from "./kiosk_queue.js";
import { watchTouches } from "./kiosk_idle.js";
import { prepareCounters, showClock, showStop, watchCall } from "./kiosk_parts.js";

const seat = document.querySelector("[data-taps]");
const strip = document.querySelector("[data-cut]");
const AFTER = { debut: "running", pause: "paused", fin: "done" };
let cut = !navigator.onLine;

/* The server's clock: what the page said when it was sent, and the time since. The tablet's own may be wrong. */
const sentAt = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
const offset = seat?.dataset.now ? Number(seat.dataset.now) - sentAt : 0;
const serverNow = () => Date.now() + offset;

function showCut(is) {
  cut = is;
  strip.hidden = !is && waiting().length === 0;
}

/* Where a refusal belongs to one field, that field shows it. A measure that is far off is asked about once: sent again
   as it was, it is meant. */
function mark(form, name) {
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  const field = name && form.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement) || field.type === "radio") return;
  field.setAttribute("aria-invalid", "true");
  field.focus();
  if (form.dataset.tap !== "controle" || !name.endsWith("value")) return;
  const sure = document.createElement("input");
  Object.assign(sure, { type: "hidden", name: name.replace(/value$/, "sure"), value: field.value });
  form.elements.namedItem(sure.name)?.remove();
  form.append(sure);
}

function say(form, sentence) {
  const places = [form?.querySelector("[data-sentence]"), ...document.querySelectorAll("[data-sentence]")];
  const place = places.find((one) => one && (one.offsetParent !== null || one.hidden));
  if (!place) return;
  place.className = "kiosk__says";
  place.dataset.tone = "caution";
  place.textContent = sentence;
  place.hidden = false;
}

/* What the page may show before the server has answered: the buttons of the new state. */
function setState(state) {
  for (const one of document.querySelectorAll("[data-when]")) one.hidden = !one.dataset.when.split(" ").includes(state);
  if (state === "done") document.querySelector("[data-bar]").hidden = true;
  const clock = document.querySelector("[data-clock]");
  if (!clock) return;
  if (state === "running") clock.dataset.since ??= String(serverNow());
  else if (clock.dataset.since) {
    clock.dataset.spent = String(Number(clock.dataset.spent) + (serverNow() - Number(clock.dataset.since)) / 1000);
    delete clock.dataset.since;
  }
}

function fieldsOf(form, submitter) {
  const fields = {};
  for (const [name, value] of new FormData(form, submitter)) {
    if (name !== "tap" && typeof value === "string" && value !== "") (fields[name] ??= []).push(value);
  }
  return fields;
}

function tapOf(form, submitter) {
  return {
    key: newKey(),
    kind: submitter?.dataset.kind ?? form.dataset.tap,
    ticket: form.dataset.ticket,
    at: new Date(serverNow()).toISOString(),
    seat: Number(seat.dataset.seat),
    seal: seat.dataset.seal,
    fields: fieldsOf(form, submitter),
  };
}

function release(form) {
  delete form.dataset.busy;
  for (const one of form.elements) one.removeAttribute("aria-busy"); // also a button that stands outside
}

async function onTap(event) {
  const form = event.target.closest("form[data-tap]");
  if (!form || !seat?.dataset.seal) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.busy !== undefined) return;
  if (!form.checkValidity()) return say(form, form.dataset.lacks);
  form.dataset.busy = "";
  event.submitter?.setAttribute("aria-busy", "true");
  const tap = tapOf(form, event.submitter);
  add(tap);
  settle(await send(seat.dataset.taps), tap, form);
}

function settle({ answers, stop }, tap, form) {
  const mine = answers.get(tap?.key);
  if (stop === "locked") return location.assign(seat.dataset.door);
  showCut(stop === "cut");
  if (mine?.done) return location.assign(mine.next);
  if (form) release(form);
  if (form && mine) mark(form, mine.field);
  if (mine) say(form, mine.sentence);
  else if (tap && AFTER[tap.kind]) setState(AFTER[tap.kind]);
  if (stop === "cut" && location.hash) location.hash = "contenu";
}

/* The network is back, or a page was loaded with taps that had waited: send them, then show what they led to. */
async function catchUp() {
  if (waiting().length === 0) {
    if (seat.dataset.shell === undefined) return showCut(!navigator.onLine);
    const back = await fetch(seat.dataset.door).catch(() => null);
    if (!back?.ok) return false;
    return location.pathname === seat.dataset.shell ? location.assign(seat.dataset.door) : location.reload();
  }
  const { answers, stop } = await send(seat.dataset.taps);
  if (stop === "locked") return location.assign(seat.dataset.door);
  showCut(stop === "cut");
  if (stop || answers.size === 0) return;
  const refused = [...answers.values()].find((answer) => !answer.done);
  if (refused) say(null, `${refused.sentence} Ton maître le verra.`);
  else location.assign(location.pathname);
}

if (seat) {
  tell();
  document.addEventListener("submit", onTap, { capture: true });
  addEventListener("online", catchUp);
  addEventListener("offline", () => showCut(true));
  setInterval(() => (waiting().length > 0 || cut || seat.dataset.shell !== undefined) && catchUp(), 4000);
  if (seat.dataset.seal) watchTouches(seat, () => cut);
  prepareCounters();
  watchCall();
  setInterval(() => {
    showClock(serverNow);
    showStop(serverNow);
  }, 10_000);
  catchUp();
  navigator.serviceWorker?.register(seat.dataset.worker, { scope: "/tablette" }).catch(() => {});
}
