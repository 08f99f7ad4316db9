// Dispatch boards: drag a ticket to a pupil's half-day. Never the only way: a tap and the keys do the same.
// The verdicts of the dragged ticket come from its own page, so that refusal is seen before the drop.
const board = document.querySelector("[data-dispatch]");
const takeAddress = (ticket) => ticket.dataset.take ?? ticket.href;
let drag = null;

async function readRows(ticket, signal) {
  const answer = await fetch(takeAddress(ticket), { signal, headers: { Accept: "text/html" } });
  if (!answer.ok) return new Map();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const rows = [...page.querySelectorAll("[data-dispatch] tr[data-pupil]")];
  return new Map(rows.map((row) => [row.dataset.pupil, row]));
}

async function startDrag(event) {
  const ticket = event.target.closest?.("[data-ticket]");
  if (!ticket) return;
  const stop = new AbortController();
  drag = { ticket, stop, rows: new Map() };
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", ticket.dataset.ticket);
  ticket.dataset.dragged = "";
  try {
    const rows = await readRows(ticket, stop.signal);
    if (drag?.ticket !== ticket) return;
    drag.rows = rows;
    for (const row of board.querySelectorAll("tr[data-pupil]")) {
      row.dataset.drop = rows.get(row.dataset.pupil)?.querySelector("form [data-give], button[data-half]") ? "yes" : "no";
    }
  } catch (error) {
    if (error.name !== "AbortError") endDrag();
  }
}

function leave() {
  for (const cell of board.querySelectorAll("[data-over]")) delete cell.dataset.over;
}

function endDrag() {
  if (!drag) return;
  drag.stop.abort();
  delete drag.ticket.dataset.dragged;
  for (const row of board.querySelectorAll("tr[data-drop]")) delete row.dataset.drop;
  leave();
  drag = null;
}

/* The button that a drop here would press: of the half-day under the pointer, else of the row. */
function buttonUnder(event) {
  const cell = event.target.closest("td, th");
  const row = drag?.rows.get(cell?.closest("tr[data-pupil]")?.dataset.pupil);
  if (!row) return null;
  const half = cell.dataset.half && row.querySelector(`button[data-half="${cell.dataset.half}"]`);
  return half || (board.dataset.strict === undefined ? row.querySelector("[data-give]") : null);
}

function over(event) {
  if (!drag) return;
  leave();
  if (!buttonUnder(event)) return;
  event.preventDefault();
  const cell = event.target.closest("td[data-half]");
  if (cell) cell.dataset.over = "";
}

function drop(event) {
  const button = buttonUnder(event);
  if (!button) return;
  event.preventDefault();
  const form = button.form;
  form.hidden = true;
  document.getElementById(form.id)?.remove();
  document.body.append(document.adoptNode(form));
  if (!form.contains(button)) form.append(document.adoptNode(button));
  endDrag();
  form.requestSubmit(button);
}

if (board) {
  document.querySelectorAll("[data-ticket]").forEach((ticket) => {
    ticket.draggable = true;
  });
  document.addEventListener("dragstart", startDrag);
  document.addEventListener("dragend", endDrag);
  board.addEventListener("dragover", over);
  board.addEventListener("drop", drop);
}
