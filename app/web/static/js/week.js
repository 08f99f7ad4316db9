// The week: a session to come is dragged to another day or time, or carried there by the keys. Its page does the same.
const form = document.querySelector("[data-week-move]");
const week = form?.parentElement.querySelector(".week");
const says = document.querySelector("[data-week-says]");
const STEP = 15;
const opens = Number(week?.dataset.opens ?? 480);
let held = null;

const days = () => [...week.querySelectorAll(".week__day[data-date]")];
const nameOf = (day) => day.querySelector("h2").textContent.trim();
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const quarter = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

function send(slot, day, minute) {
  form.action = slot.dataset.move;
  form.elements.on_date.value = day.dataset.date;
  form.elements.start.value = clock(minute);
  form.elements.version.value = slot.dataset.version;
  form.submit();
}

/* ---- pointer ---- */
function startDrag(event) {
  const slot = event.target.closest?.("[data-move]");
  if (!slot) return;
  // Days under one another have no scale to drop a session on: there it is moved by its page.
  if (matchMedia("(max-width: 640px)").matches) {
    event.preventDefault();
    return;
  }
  held = { slot, grip: event.clientY - slot.getBoundingClientRect().top };
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", slot.dataset.title);
  slot.dataset.held = "";
}

function place(event) {
  const day = held && event.target.closest(".week__day[data-date]");
  if (!day) return null;
  const top = day.querySelector(".week__list").getBoundingClientRect().top;
  const quarters = Math.round((event.clientY - held.grip - top) / quarter());
  const latest = 1440 - STEP - Number(held.slot.dataset.minutes);
  return { day, minute: Math.max(0, Math.min(latest, opens + quarters * STEP)) };
}

function over(event) {
  const found = place(event);
  for (const day of days()) delete day.dataset.over;
  if (!found) return;
  event.preventDefault();
  found.day.dataset.over = "";
  const words = `${nameOf(found.day)}, ${clock(found.minute)}`;
  if (says.textContent !== words) says.textContent = words;
}

function drop(event) {
  const found = place(event);
  if (!found) return;
  event.preventDefault();
  send(held.slot, found.day, found.minute);
}

function endDrag() {
  if (held) delete held.slot.dataset.held;
  for (const day of days()) delete day.dataset.over;
  held = null;
}

/* ---- keys: M takes, arrows carry, Enter puts down, Escape leaves ---- */
function take(slot) {
  const day = slot.closest(".week__day");
  held = { slot, day, minute: Number(slot.dataset.start) };
  slot.dataset.held = "";
  say(`${slot.dataset.title}, prise. `);
}

function say(before = "") {
  for (const day of days()) delete day.dataset.over;
  held.day.dataset.over = "";
  held.slot.querySelector(".slot__when").textContent = `→ ${nameOf(held.day)}, ${clock(held.minute)}`;
  says.textContent = `${before}${nameOf(held.day)}, ${clock(held.minute)}`;
}

function carry(key) {
  const all = days();
  const at = all.indexOf(held.day);
  const latest = 1440 - STEP - Number(held.slot.dataset.minutes);
  if (key === "ArrowLeft" && at > 0) held.day = all[at - 1];
  if (key === "ArrowRight" && at < all.length - 1) held.day = all[at + 1];
  if (key === "ArrowUp") held.minute = Math.max(0, held.minute - STEP);
  if (key === "ArrowDown") held.minute = Math.min(latest, held.minute + STEP);
  say();
}

function leave() {
  const { slot, when } = held;
  slot.querySelector(".slot__when").textContent = when;
  endDrag();
  says.textContent = "Laissée où elle était.";
}

function press(event) {
  const slot = event.target.closest?.("[data-move]");
  if (!slot || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!held && event.key.toLowerCase() === "m") {
    const when = slot.querySelector(".slot__when").textContent;
    take(slot);
    held.when = when;
  } else if (held && event.key.startsWith("Arrow")) carry(event.key);
  else if (held && event.key === "Enter") send(slot, held.day, held.minute);
  else if (held && event.key === "Escape") leave();
  else return;
  event.preventDefault();
}

if (week) {
  document.querySelector("[data-week-hint]").hidden = !week.querySelector("[data-move]");
  for (const slot of week.querySelectorAll("[data-move]")) slot.draggable = true;
  week.addEventListener("dragstart", startDrag);
  week.addEventListener("dragover", over);
  week.addEventListener("drop", drop);
  week.addEventListener("dragend", endDrag);
  week.addEventListener("keydown", press);
}
