// Files: upload, watch, take the result. Everything goes through /v1/jobs, as for other systems.
for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;

const form = document.getElementById("upload");
const file = form.elements.file;
const send = form.querySelector("button.main");
const said = form.querySelector(".said");
const list = document.getElementById("jobs");
const spoken = document.getElementById("progress");
const STATES = { queued: "ждёт очереди", running: "разбирается", done: "готово", failed: "не получилось", cancelled: "остановлено" };
const PERIOD = 1000;
const number = new Intl.NumberFormat("ru");
const works = (job) => job.state === "queued" || job.state === "running";

function tell(message, failed = false) {
  said.classList.toggle("failed", failed);
  said.textContent = message;
}

async function call(address, options) {
  const response = await fetch(address, options);
  if (response.ok) return response.status === 204 ? null : response.json();
  if (response.status === 401) throw new Error("Сеанс закончился. Войдите снова: обновите страницу.");
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail || `Сервис ответил: ${response.status}.`);
}

function choose() {
  const chosen = file.files[0];
  send.disabled = !chosen;
  form.querySelector(".drop strong").textContent = chosen ? chosen.name : "Перетащите файл сюда";
  tell("");
  if (chosen && chosen.size > Number(form.dataset.largest)) {
    send.disabled = true;
    tell(`Файл больше ${number.format(form.dataset.largest / 1e6)} МБ: разделите его на части.`, true);
  }
}

file.addEventListener("change", choose);
const drop = form.querySelector(".drop");
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("dropping");
  });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("dropping"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) {
    file.files = event.dataTransfer.files;
    choose();
  }
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const content = new FormData(form);
  for (const name of ["text", "id"]) if (!content.get(name)) content.delete(name);
  for (const name of ["queue", "mask", "explain"]) content.set(name, String(form.elements[name].checked));
  send.disabled = true;
  tell("Файл отправляется…");
  try {
    const job = await call("v1/jobs", { method: "POST", body: content });
    file.value = "";
    choose();
    tell(`Файл «${job.filename}» принят.`);
    await refresh();
  } catch (error) {
    tell(error.message, true);
    send.disabled = false;
  }
});

function describe(job) {
  const rows = job.rows_total === null ? "" : `Строк: ${number.format(job.rows_done)} из ${number.format(job.rows_total)}. `;
  const failed = job.rows_failed ? `С ошибкой: ${number.format(job.rows_failed)}. ` : "";
  const when = new Date(job.created).toLocaleString("ru", { dateStyle: "short", timeStyle: "short" });
  return `${rows}${failed}${job.error ? `${job.detail ?? job.error} ` : ""}Загружен ${when}.`;
}

function show(job) {
  let item = list.querySelector(`[data-job="${job.id}"]`);
  if (!item) {
    item = document.getElementById("job").content.cloneNode(true).firstElementChild;
    item.dataset.job = job.id;
    item.querySelector(".name").textContent = job.filename;
    for (const link of item.querySelectorAll("[data-format]")) link.href = `v1/jobs/${job.id}/result?format=${link.dataset.format}`;
    for (const button of item.querySelectorAll("[data-do]")) button.addEventListener("click", () => act(job.id, button));
  }
  const state = item.querySelector(".state");
  if (item.dataset.state && item.dataset.state !== job.state) spoken.textContent = `${job.filename}: ${STATES[job.state]}`;
  item.dataset.state = job.state;
  state.textContent = STATES[job.state] ?? job.state;
  const bar = item.querySelector("progress");
  bar.hidden = !works(job);
  bar.setAttribute("aria-label", `Готовность: ${job.filename}`);
  bar.value = job.rows_total ? job.rows_done / job.rows_total : 0;
  item.querySelector(".hint").textContent = describe(job);
  for (const link of item.querySelectorAll("[data-format]")) link.hidden = job.state !== "done";
  item.querySelector("[data-do=cancel]").hidden = !works(job);
  item.querySelector("[data-do=delete]").hidden = works(job);
  return item;
}

async function act(id, button) {
  button.disabled = true;
  try {
    if (button.dataset.do === "cancel") await call(`v1/jobs/${id}/cancel`, { method: "POST" });
    else await call(`v1/jobs/${id}`, { method: "DELETE" });
    await refresh();
  } catch (error) {
    tell(error.message, true);
  } finally {
    button.disabled = false;
  }
}

let timer;
async function refresh() {
  clearTimeout(timer);
  try {
    const { items } = await call("v1/jobs");
    const shown = items.map(show);
    const rest = new Set(shown);
    for (const old of [...list.children]) if (!rest.has(old)) old.remove();
    shown.forEach((item, place) => {
      if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
    });
    document.getElementById("none").hidden = items.length > 0;
    if (items.some(works)) timer = setTimeout(refresh, PERIOD);
  } catch (error) {
    tell(error.message, true);
    timer = setTimeout(refresh, PERIOD * 10);
  }
}
refresh();
