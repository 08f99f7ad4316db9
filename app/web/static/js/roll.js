// Roll call: the minute of a late pupil, the plus and minus, the tally. The form works without it.
const STATES = ["present", "late", "absent"];
const WORDS = ["présent", "retard", "absent"];

const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

const nowMinute = () => new Date().getHours() * 60 + new Date().getMinutes();

/* The present minute while the lesson is under way, five when the roll is called before or after it. A lesson of another
   day has no `end` here. */
function firstGuess({ start, end }) {
  const now = nowMinute();
  return end && now > Number(start) && now < Number(end) ? now - Number(start) : 5;
}

function showArrival(item, start) {
  const minutes = Number(item.querySelector("[data-minutes]").value);
  const words = item.querySelector("[data-arrival]");
  words.textContent = minutes > 0 ? `Arrivée à ${clock(start + minutes)}` : "";
}

function stepButton(field, step, label, sign) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--icon";
  button.setAttribute("aria-label", label);
  button.textContent = sign;
  button.addEventListener("click", () => {
    field.value = Math.max(1, (Number(field.value) || 0) + step);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return button;
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

function prepareItem(item, start) {
  const field = item.querySelector("[data-minutes]");
  const label = field.closest("label");
  label.before(stepButton(field, -1, "Une minute de moins", "−"));
  label.after(stepButton(field, 1, "Une minute de plus", "+"));
  field.addEventListener("input", () => showArrival(item, start));
  showArrival(item, start);
}

for (const roll of document.querySelectorAll("[data-roll]")) {
  const start = Number(roll.dataset.start);
  roll.querySelectorAll("[data-roll-item]").forEach((item) => prepareItem(item, start));
  roll.addEventListener("change", ({ target }) => {
    const item = target.closest("[data-roll-item]");
    if (!item || target.type !== "radio") return;
    const field = item.querySelector("[data-minutes]");
    if (target.value === "late" && !field.value) {
      field.value = firstGuess(roll.dataset);
      showArrival(item, start);
    }
    showTally(roll);
  });
  showTally(roll);
}
