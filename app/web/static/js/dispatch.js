// Dispatch boards (today, the week): keys. Links and forms do the same without it; drag is in drag.js.
//   a[data-ticket]            a ticket; its data-take, or its href, is the page with that ticket in hand
//   tr[data-pupil][data-can]  a pupil's row; its [data-give] and [data-half] buttons give what is in hand
//   [data-key]                a gesture on what is in hand, and its letter
const inHand = () => document.querySelector("[data-inhand]");
const rows = () => [...document.querySelectorAll("[data-dispatch] tr[data-pupil]")];
const gives = () => rows().map((row) => row.querySelector("[data-give]") ?? row.querySelector("button[data-half]")).filter(Boolean);
const whys = () => [...document.querySelectorAll("[data-dispatch] [data-why]")];

function takeNext() {
  const ready = [...document.querySelectorAll(".queue a[data-ticket]:is([data-tone=ready], [data-tone=late])")];
  const current = ready.findIndex((ticket) => ticket.hasAttribute("data-pressed"));
  const next = ready[(current + 1) % ready.length];
  if (next) location.assign(next.dataset.take ?? next.href);
}

function show(element) {
  element.focus();
  element.closest("tr").scrollIntoView({ block: "nearest" });
}

/* From one to the next, around the ends. */
function step(elements, current, by) {
  if (!elements.length) return;
  const first = by > 0 ? 0 : elements.length - 1;
  show(elements[current < 0 ? first : (current + by + elements.length) % elements.length]);
}

function moveBetweenPupils(by) {
  const here = document.activeElement.closest("tr");
  step(gives(), gives().findIndex((button) => button.closest("tr") === here), by);
}

/* Within a row: the half-days with room, then the button that chooses by itself. */
function moveBetweenHalves(by) {
  const row = document.activeElement.closest("tr[data-pupil]") ?? gives()[0]?.closest("tr");
  const buttons = [...(row?.querySelectorAll("button[data-half], [data-give]") ?? [])];
  const current = buttons.indexOf(document.activeElement);
  step(buttons, current < 0 ? buttons.length - 1 : current, by);
}

const MOVES = {
  arrowdown: () => moveBetweenPupils(1),
  arrowup: () => moveBetweenPupils(-1),
  arrowright: () => moveBetweenHalves(1),
  arrowleft: () => moveBetweenHalves(-1),
  n: () => step(whys(), whys().indexOf(document.activeElement), 1),
};

/* The ticket in hand is in sight within its list, which scrolls by itself; the page does not move. */
function showInHand() {
  const pressed = document.querySelector(".queue [data-pressed]");
  const list = pressed?.closest(".queue");
  if (!list) return;
  const seen = list.getBoundingClientRect();
  const box = pressed.getBoundingClientRect();
  if (box.left < seen.left || box.right > seen.right) list.scrollLeft += box.left - seen.left - 40;
  if (box.top < seen.top || box.bottom > seen.bottom) list.scrollTop += box.top - seen.top - 40;
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key === "b") takeNext();
  else if (key === "escape") document.querySelector("[data-drop]")?.click();
  else if (inHand() && MOVES[key]) {
    event.preventDefault();
    MOVES[key]();
  } else if (inHand() && /^[a-z]$/.test(key)) document.querySelector(`[data-key=${key}]`)?.click();
}

if (document.querySelector("[data-dispatch]")) document.addEventListener("keydown", onKey);
showInHand();
