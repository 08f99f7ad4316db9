// Small parts of the tablet's screens: the clock, the counters, the master who comes.
const NBSP = "\u00a0";
const words = (minutes) => `${Math.floor(minutes / 60)}${NBSP}h${NBSP}${String(minutes % 60).padStart(2, "0")}`;

function beside(spent, planned) {
  if (planned < 60) return "";
  const over = Math.floor((spent - planned) / 60);
  const plan = words(Math.floor(planned / 60));
  if (over <= 0) return `sur ${plan}. Tu es dans les temps.`;
  return `sur ${plan}. Tu as dépassé de ${over < 60 ? `${over}${NBSP}min` : words(over)}.`;
}

/* The server's start and ours now: nothing is counted here, only shown. */
export function showClock(serverNow) {
  const clock = document.querySelector("[data-clock]");
  if (!clock?.dataset.since) return;
  const spent = Number(clock.dataset.spent) + Math.max(0, (serverNow() - Number(clock.dataset.since)) / 1000);
  clock.querySelector("b").textContent = words(Math.floor(spent / 60));
  const note = clock.querySelector("span");
  if (note) note.textContent = beside(spent, Number(clock.dataset.planned));
}

/* How long until the break; once it has begun the page shows what the server says, unless somebody is typing on it. */
export function showStop(serverNow) {
  const aside = document.querySelector("[data-stop]");
  if (!aside) return;
  const left = Number(aside.dataset.stop) - serverNow();
  const minutes = Math.max(1, Math.floor(left / 60_000));
  const [stop] = aside.textContent.split(", dans ");
  if (left > 0) aside.textContent = `${stop}, dans ${minutes < 60 ? `${minutes}${NBSP}min` : words(minutes)}`;
  else if (left > -60_000 || !document.querySelector("[data-clock][data-since]")) aside.textContent = "";
  else if (navigator.onLine && location.hash !== "#compter") location.reload();
}

export function prepareCounters() {
  for (const counter of document.querySelectorAll("[data-counter]")) {
    const field = counter.querySelector("input");
    const top = Number(field.dataset.top ?? 9999);
    for (const button of counter.querySelectorAll("[data-step]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const next = (Number.parseInt(field.value, 10) || 0) + Number(button.dataset.step);
        field.value = String(Math.min(Math.max(next, 0), top));
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
  }
  balance();
}

/* A piece that is lost is no longer good: together they never pass what is left. */
function balance() {
  const good = document.querySelector("#good");
  const scrap = document.querySelector("#scrap");
  if (!good || !scrap) return;
  scrap.addEventListener("input", () => {
    const left = Number(good.dataset.top) - (Number.parseInt(scrap.value, 10) || 0);
    if ((Number.parseInt(good.value, 10) || 0) > left) good.value = String(Math.max(0, left));
  });
}

export function watchCall() {
  const call = document.querySelector("[data-call]");
  if (!call) return;
  const timer = setInterval(async () => {
    const answer = await fetch(call.dataset.call).catch(() => null);
    if (!answer?.ok) return;
    const { state, who } = await answer.json();
    if (state === "open") return;
    clearInterval(timer);
    const said = call.previousElementSibling?.querySelector("span");
    if (said && state === "coming") said.textContent = `${who} arrive.`;
    else call.previousElementSibling?.remove();
  }, 8000);
}
