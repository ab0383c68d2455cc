// The form of one appeal: shows what needs a script, and opens text files.
for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;

const text = document.getElementById("text");
const told = document.getElementById("opened");
const LARGEST = 4_000_000;

async function open(file) {
  if (file.size > LARGEST) {
    told.textContent = "Файл слишком велик для одного обращения. Таблицы обращений принимает раздел «Файлы».";
    return;
  }
  const bytes = await file.arrayBuffer();
  try {
    text.value = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    text.value = new TextDecoder("windows-1251").decode(bytes); // what older programs write
  }
  told.textContent = `Открыт файл «${file.name}».`;
  text.focus();
}

document.getElementById("open").addEventListener("change", (event) => {
  if (event.target.files.length) open(event.target.files[0]);
  event.target.value = "";
});
text.addEventListener("dragover", (event) => {
  if (event.dataTransfer.types.includes("Files")) {
    event.preventDefault();
    text.classList.add("dropping");
  }
});
for (const name of ["dragleave", "drop"]) text.addEventListener(name, () => text.classList.remove("dropping"));
text.addEventListener("drop", (event) => {
  if (event.dataTransfer.files.length) {
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  }
});
