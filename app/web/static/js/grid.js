// A table of one column to type in: Enter and the arrows go to the next or the previous line. Works without.
function cells(form) {
  return [...form.querySelectorAll("tbody input:not([type=hidden]), tbody textarea")];
}

function move(event) {
  const cell = event.target;
  const long = cell.tagName === "TEXTAREA";
  const steps = long ? {} : { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = cells(event.currentTarget);
  if (!all.includes(cell)) return;
  const next = all[all.indexOf(cell) + step];
  if (!next && event.key !== "Enter") return;
  event.preventDefault();
  if (next) {
    next.focus();
    next.select();
  } else {
    event.currentTarget.querySelector(".button--primary")?.focus();
  }
}

for (const form of document.querySelectorAll("[data-grid]")) form.addEventListener("keydown", move);
