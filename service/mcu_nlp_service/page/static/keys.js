// Single keys: j and k walk along the queue, 1 to 3 choose a topic, Enter saves, ? tells.
const form = document.getElementById("verdict");
const dialog = document.getElementById("keys");
const toggle = document.getElementById("keys-on");
const help = document.getElementById("help");

toggle.checked = localStorage.getItem("keys") !== "off";
toggle.addEventListener("change", () => localStorage.setItem("keys", toggle.checked ? "on" : "off"));
if (help) {
  help.hidden = false;
  help.addEventListener("click", () => dialog.showModal());
}

function walk(step) {
  const links = [...document.querySelectorAll(".list ol a")];
  const now = links.findIndex((link) => link.getAttribute("aria-current"));
  const next = links[now + step];
  if (next) location.assign(next.href);
}

function choose(number) {
  const radio = form.querySelectorAll("[data-field=topic] input[type=radio]")[number - 1];
  if (!radio) return;
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

const writes = (target) => target.matches("textarea, select, input:not([type=radio], [type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || dialog.open || writes(event.target)) return;
  if (event.key === "Enter") {
    if (event.target.matches("a, button, summary")) return;
    event.preventDefault();
    form.requestSubmit();
  } else if (!toggle.checked) {
    if (event.key === "?") dialog.showModal();
  } else if (event.key === "j" || event.key === "о") walk(1); // the same key in the Russian layout
  else if (event.key === "k" || event.key === "л") walk(-1);
  else if (["1", "2", "3"].includes(event.key)) choose(Number(event.key));
  else if (event.key === "?" || (event.key === "," && event.shiftKey)) dialog.showModal();
});

// In the queue the next one follows at once; it says what became of the one before.
if (document.querySelector(".list")) {
  form.addEventListener("saved", () => location.assign(form.dataset.next));
  document.querySelector(".list [aria-current]")?.scrollIntoView({ block: "nearest" });
}
// Whoever presses keys by program can see that they are heard.
document.documentElement.dataset.keys = "heard";
