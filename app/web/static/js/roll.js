// Roll call: the minutes of who came late or left early, buttons for the usual ones, the tally. The form works without it.
const STATES = ["present", "late", "absent"];
const WORDS = ["présent", "retard", "absent"];

const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

const nowMinute = () => new Date().getHours() * 60 + new Date().getMinutes();

/* The present minute while a lesson of today is under way; nothing before, after, or on another day. */
function minutesNow({ start, end, live }, kind) {
  const now = nowMinute();
  if (live === undefined || now <= Number(start) || now >= Number(end)) return 0;
  return kind === "late" ? now - Number(start) : Number(end) - now;
}

function showClock(field, { start, end }) {
  const minutes = Number(field.value);
  const words = field.closest(".roll__detail").querySelector("[data-clock]");
  const late = field.dataset.minutes === "late";
  const at = late ? Number(start) + minutes : Number(end) - minutes;
  words.textContent = minutes > 0 ? `${late ? "Arrivée" : "Départ"} à ${clock(at)}` : "";
}

function button(words, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--icon";
  made.setAttribute("aria-label", label);
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function put(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function prepareField(field, data) {
  const label = field.closest("label");
  const step = (by) => () => put(field, Math.max(1, (Number(field.value) || 0) + by));
  const early = field.dataset.minutes === "early";
  const now = minutesNow(data, field.dataset.minutes);
  // One line a pupil on a phone: whoever leaves now needs "now" and no second usual.
  const steps = field.dataset.steps.split(" ").slice(0, early && now ? 1 : undefined);
  const usual = steps.map((minutes) => button(minutes, `${minutes} minutes`, () => put(field, minutes)));
  if (now && !steps.includes(String(now))) {
    usual.push(button(clock(nowMinute()), "Maintenant", () => put(field, minutesNow(data, field.dataset.minutes) || now)));
  }
  usual.forEach((one) => label.before(one));
  if (!early) {
    label.before(button("−", "Une minute de moins", step(-1)));
    label.after(button("+", "Une minute de plus", step(1)));
  }
  field.addEventListener("input", () => showClock(field, data));
  showClock(field, data);
}

function count(roll) {
  const states = [...roll.querySelectorAll("[data-roll-item]")].map((item) => item.querySelector(":checked")?.value);
  return STATES.map((state) => states.filter((one) => one === state).length);
}

function showTally(roll) {
  const badges = document.querySelectorAll("[data-tally] .badge");
  count(roll).forEach((number, rank) => {
    if (badges[rank]) badges[rank].lastChild.textContent = `${number} ${WORDS[rank]}${number > 1 ? "s" : ""}`;
  });
}

for (const roll of document.querySelectorAll("[data-roll]")) {
  roll.querySelectorAll("[data-minutes]").forEach((field) => prepareField(field, roll.dataset));
  roll.addEventListener("change", ({ target }) => {
    const item = target.closest("[data-roll-item]");
    if (!item || target.type !== "radio") return;
    const field = item.querySelector("[data-minutes=late]");
    if (target.value === "late" && !field.value) put(field, minutesNow(roll.dataset, "late") || 5);
    showTally(roll);
  });
  showTally(roll);
}
