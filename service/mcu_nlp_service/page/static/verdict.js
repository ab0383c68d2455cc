// The specialist's decision: choose, search, save. Saving goes through the same API as other systems use.
const form = document.getElementById("verdict");
const save = form.querySelector("button.main");
const undo = form.querySelector("button[type=reset]");
const said = form.querySelector(".said");
const fields = [...form.querySelectorAll("fieldset[data-field]")];
const card = [...form.querySelectorAll("[data-card]")];
form.hidden = false;

const chosen = (field) => field.querySelector("input[type=radio]:checked").value;
const changed = () => fields.filter((field) => chosen(field) !== field.dataset.first);
const rewritten = () => card.filter((field) => field.value.trim() !== field.defaultValue.trim());

function written(field) {
  const lines = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  return field.hasAttribute("data-several") ? lines : lines.join(" ") || null;
}

function tell(message, failed = false) {
  said.classList.toggle("failed", failed);
  said.textContent = message;
}

function refresh() {
  const some = changed().length + rewritten().length > 0;
  save.textContent = some ? save.dataset.change : save.dataset.agree;
  undo.hidden = !some;
}

function add(field, id, title) {
  const known = [...field.querySelectorAll("input[type=radio]")].find((radio) => radio.value === id);
  if (known) {
    known.checked = true;
    return;
  }
  const sample = field.querySelector(".choice").cloneNode(true);
  for (const extra of sample.querySelectorAll(".share, kbd")) extra.remove();
  const radio = sample.querySelector("input");
  radio.value = id;
  sample.querySelector(".name").textContent = title;
  sample.dataset.added = "";
  field.querySelector(".choices").append(sample);
  radio.checked = true;
}

for (const search of form.querySelectorAll("input[list]")) {
  search.addEventListener("input", () => {
    const option = [...search.list.options].find((one) => one.value === search.value);
    if (!option) return;
    add(search.closest("fieldset"), option.dataset.id, option.value);
    search.value = "";
    refresh();
  });
}
form.addEventListener("change", refresh);
for (const field of card) field.addEventListener("input", refresh);
form.addEventListener("reset", () => {
  for (const choice of form.querySelectorAll("[data-added]")) choice.remove();
  setTimeout(refresh);
});

async function refusal(response) {
  if (response.status === 401) return "Сеанс закончился. Войдите в новой вкладке и сохраните ещё раз.";
  try {
    return (await response.json()).detail;
  } catch {
    return `Сервис ответил: ${response.status}.`;
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (save.disabled) return;
  const corrections = changed();
  const rewrittenCard = rewritten();
  const some = corrections.length + rewrittenCard.length > 0;
  // What was left as it is has been confirmed only when nothing was corrected, and as far as the model knows it still.
  const confirmed = fields.filter((field) => !field.hasAttribute("data-unknown"));
  const decided = Object.fromEntries((some ? corrections : confirmed).map((f) => [f.dataset.field, chosen(f)]));
  if (rewrittenCard.length) decided.card = Object.fromEntries(rewrittenCard.map((f) => [f.dataset.card, written(f)]));
  const comment = form.elements.comment.value.trim();
  const body = { ...JSON.parse(form.dataset.appeal), ...decided, ...(comment && { comment }) };
  save.disabled = true;
  tell("");
  try {
    const response = await fetch(`v1/analyses/${form.dataset.analysis}/correction`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      tell(await refusal(response), true);
      return;
    }
    tell(some ? "Исправления сохранены. Спасибо!" : "Разбор подтверждён. Спасибо!");
    for (const field of fields) field.dataset.first = chosen(field);
    for (const field of card) field.defaultValue = field.value;
    refresh();
    form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
  } catch {
    tell("Сервис не отвечает. Проверьте связь и сохраните ещё раз.", true);
  } finally {
    save.disabled = false;
  }
});
