// A table whose lines are saved one by one as they are left. Without this the one button saves them all.
const said = (line, words) => (line.querySelector("[data-said]").textContent = words);
const clock = () => new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });

async function save(form, line) {
  const text = line.querySelector("textarea");
  const seen = line.querySelector("[data-seen]");
  if (line.dataset.busy !== undefined || text.value.trim() === (text.dataset.kept ?? text.defaultValue).trim()) return;
  const sent = text.value;
  const body = new URLSearchParams();
  for (const field of line.querySelectorAll("[name]")) body.append(field.name.replace(/-\d+-/, "-0-"), field.value);
  line.dataset.busy = "";
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      seen.value = Number(seen.value) + 1;
      text.dataset.kept = sent;
      said(line, `Enregistré à ${clock()}`);
    } else if (answer.status === 409) {
      said(line, "Quelqu’un a écrit ici entre-temps : enregistrez pour voir les deux textes.");
    } else {
      said(line, "Pas enregistré : votre texte est gardé ici, enregistrez avec le bouton.");
    }
  } catch {
    said(line, "Pas de réseau : votre texte est gardé ici, enregistrez avec le bouton.");
  }
  delete line.dataset.busy;
}

for (const form of document.querySelectorAll("[data-lines]")) {
  form.addEventListener("focusout", (event) => {
    const line = event.target.closest("[data-line]");
    if (line && event.target.tagName === "TEXTAREA") save(form, line);
  });
}
