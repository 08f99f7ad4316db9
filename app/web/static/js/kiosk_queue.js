// Taps wait here until the server has carried them out: each with its key and its time, in order, across reloads.
const SHELF = "compagnon-taps";
const PATIENCE = 8000;
let draining = null;

export function waiting() {
  try {
    return JSON.parse(localStorage.getItem(SHELF)) ?? [];
  } catch {
    return [];
  }
}

/* How many wait stands on the page, for its style and for whoever looks after the tablet. */
export function tell() {
  document.documentElement.dataset.waiting = String(waiting().length);
}

function keep(taps) {
  if (taps.length) localStorage.setItem(SHELF, JSON.stringify(taps));
  else localStorage.removeItem(SHELF);
  tell();
}

/* 128 random bits; `crypto.randomUUID` is not there on a network without TLS. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function add(tap) {
  keep([...waiting(), tap]);
}

function forget(key) {
  keep(waiting().filter((tap) => tap.key !== key));
}

async function sendOne(address, tap) {
  const { next: _next, ...body } = tap;
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === 401 || answer.status === 403) return { stop: "locked" };
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) return { stop: "cut" };
  const said = await answer.json();
  if (answer.ok) return said;
  // Nothing that is sent again would be understood better.
  return { done: false, sentence: "Ça ne passe pas. Appelle ton maître.", field: "" };
}

/* Sends what waits, oldest first, and stops at the first that finds no network. */
async function drain(address) {
  const answers = new Map();
  for (let tap = waiting()[0]; tap; tap = waiting()[0]) {
    let answer;
    try {
      answer = await sendOne(address, tap);
    } catch {
      answer = { stop: "cut" };
    }
    if (answer.stop) return { answers, stop: answer.stop };
    forget(tap.key);
    answers.set(tap.key, { tap, ...answer });
  }
  return { answers, stop: "" };
}

/* One at a time: whoever asks meanwhile goes after the one that is under way. */
export function send(address) {
  draining = (draining ?? Promise.resolve()).then(() => drain(address));
  return draining;
}
