// Enhancement only: every page works without this file.
const root = document.documentElement;
root.dataset.script = "";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

/* One press is one gesture: the button turns busy, a second press does nothing. */
function holdDoubleSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.method === "post") {
    if (form.dataset.busy !== undefined) return event.preventDefault();
    form.dataset.busy = "";
    event.submitter?.setAttribute("aria-busy", "true");
    if (form.dataset.download !== undefined) setTimeout(() => release(form), 4000);
  }
  form.dataset.dirty = "no";
}

function release(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

/* What was typed is not lost by a slip of the finger. */
function guardUnsaved() {
  const guarded = "main .form:not([data-free])";
  document.addEventListener("input", ({ target }) => {
    const form = target.closest(guarded);
    if (form && form.method === "post" && !form.closest(".door")) form.dataset.dirty = "yes";
  });
  addEventListener("beforeunload", (event) => {
    if (document.querySelector(`${guarded}[data-dirty="yes"]`)) event.preventDefault();
  });
}

function closeOpenMenus(except = null) {
  let closed = false;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    menu.open = false;
    closed = menu;
  }
  return closed;
}

/* True when something was there to close; the key then goes no further. */
function closeNearest() {
  const menu = closeOpenMenus();
  const flash = document.querySelector("[data-flash]");
  const refusal = document.querySelector(".refusal [data-close]");
  if (menu) menu.querySelector("summary").focus();
  else if (flash) flash.remove();
  else refusal?.click();
  return Boolean(menu || flash || refusal);
}

function addCloseToFlashes() {
  const drawn = '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M5 5l10 10M15 5L5 15"/></svg>';
  for (const flash of document.querySelectorAll("[data-flash]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "flash__close";
    button.setAttribute("aria-label", "Fermer ce message");
    button.innerHTML = drawn;
    button.addEventListener("click", () => flash.remove());
    flash.append(button);
  }
}

/* 26112026 becomes 26/11/2026, 815 becomes 08:15: what a numeric pad gives. */
function tidyTyping({ target }) {
  if (target.matches("[data-date]")) {
    const found = target.value.trim().match(/^(\d{2})[ .-]?(\d{2})[ .-]?(\d{4}|\d{2})$/);
    if (found) target.value = `${found[1]}/${found[2]}/${found[3].padStart(4, "20")}`;
  } else if (target.matches("[data-time]")) {
    const found = target.value.trim().match(/^(\d{1,2})\s*[h:.]?\s*(\d{2})?$/i);
    if (found) target.value = `${found[1].padStart(2, "0")}:${found[2] ?? "00"}`;
  }
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && closeNearest()) return event.preventDefault();
  if (event.key !== "/" || typing(event.target)) return;
  const field = document.querySelector("[data-search], main input[type=search]");
  if (!field || field.offsetParent === null) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function onChange(event) {
  tidyTyping(event);
  const { target } = event;
  if (target.name === "theme" && target.form?.dataset.themeForm !== undefined) {
    if (target.value) root.dataset.theme = target.value;
    else delete root.dataset.theme;
    target.form.requestSubmit();
  } else if (target.matches("select, [type=checkbox], [type=radio]") && target.form?.dataset.autosubmit !== undefined) {
    target.form.requestSubmit();
  }
}

document.addEventListener("submit", holdDoubleSubmit);
document.addEventListener("keydown", onKey);
document.addEventListener("change", onChange);
document.addEventListener("click", (event) => {
  closeOpenMenus(event.target.closest("details.menu"));
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-busy]").forEach(release);
});

guardUnsaved();
addCloseToFlashes();
document.querySelector("#erreurs, [data-focus]")?.focus();
