// Dispatch board: keys and drag. Links and forms do the same without it.
//   a[data-ticket]            a ticket; its data-take, or its href, is the page with that ticket in hand
//   tr[data-pupil][data-can]  a pupil's row; its [data-give] button belongs to the form that gives
const board = document.querySelector("[data-dispatch]");
const inHand = () => document.querySelector("[data-inhand]");
const gives = () => [...document.querySelectorAll("[data-dispatch] [data-give]")];
const takeAddress = (ticket) => ticket.dataset.take ?? ticket.href;

function takeNext() {
  const ready = [...document.querySelectorAll(".queue a[data-ticket]:is([data-tone=ready], [data-tone=late])")];
  const current = ready.findIndex((ticket) => ticket.hasAttribute("data-pressed"));
  const next = ready[(current + 1) % ready.length];
  if (next) location.assign(takeAddress(next));
}

function moveBetweenPupils(step) {
  const buttons = gives();
  if (!buttons.length) return;
  const current = buttons.indexOf(document.activeElement);
  const next = current < 0 ? (step > 0 ? 0 : buttons.length - 1) : (current + step + buttons.length) % buttons.length;
  buttons[next].focus();
  buttons[next].closest("tr").scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key === "b") takeNext();
  else if (inHand() && (key === "arrowdown" || key === "arrowup")) {
    event.preventDefault();
    moveBetweenPupils(key === "arrowdown" ? 1 : -1);
  } else if (key === "escape") document.querySelector("[data-drop]")?.click();
}

/* The verdicts of the dragged ticket come from its own page, so that refusal is seen before the drop. */
async function readVerdicts(ticket, signal) {
  const answer = await fetch(takeAddress(ticket), { signal, headers: { Accept: "text/html" } });
  if (!answer.ok) return new Map();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const rows = page.querySelectorAll("[data-dispatch] tr[data-pupil]");
  return new Map([...rows].map((row) => [row.dataset.pupil, row.querySelector("form:has([data-give])")]));
}

let drag = null;

async function startDrag(event) {
  const ticket = event.target.closest?.("[data-ticket]");
  if (!ticket) return;
  const stop = new AbortController();
  drag = { ticket, stop, forms: new Map() };
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", ticket.dataset.ticket);
  ticket.dataset.dragged = "";
  try {
    const forms = await readVerdicts(ticket, stop.signal);
    if (drag?.ticket !== ticket) return;
    drag.forms = forms;
    for (const row of board.querySelectorAll("tr[data-pupil]")) {
      row.dataset.drop = forms.get(row.dataset.pupil) ? "yes" : "no";
    }
  } catch (error) {
    if (error.name !== "AbortError") endDrag();
  }
}

function endDrag() {
  if (!drag) return;
  drag.stop.abort();
  delete drag.ticket.dataset.dragged;
  for (const row of board.querySelectorAll("tr[data-drop]")) delete row.dataset.drop;
  drag = null;
}

const formUnder = (event) => drag?.forms.get(event.target.closest("tr[data-pupil]")?.dataset.pupil);

function drop(event) {
  const form = formUnder(event);
  if (!form) return;
  event.preventDefault();
  form.hidden = true;
  document.body.append(document.adoptNode(form));
  endDrag();
  form.requestSubmit();
}

if (board) {
  document.addEventListener("keydown", onKey);
  document.querySelectorAll("[data-ticket]").forEach((ticket) => {
    ticket.draggable = true;
  });
  document.addEventListener("dragstart", startDrag);
  document.addEventListener("dragend", endDrag);
  board.addEventListener("dragover", (event) => {
    if (formUnder(event)) event.preventDefault();
  });
  board.addEventListener("drop", drop);
}
