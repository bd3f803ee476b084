/* What somebody typed outlives a session that ended under his hands: it is kept in this tab until he has signed in. */

const KEPT = "hx-typed";
const TYPES = ["hidden", "file", "password", "submit", "button"];

const path = (form) => new URL(form.action, location.href).pathname;
const typed = (form) => [...form.elements].filter((field) => field.name && !TYPES.includes(field.type));

function keep(form) {
  const fields = typed(form)
    .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
    .map((field) => [field.name, field.value]);
  if (fields.length > 0) sessionStorage.setItem(KEPT, JSON.stringify({ page: location.pathname, form: path(form), fields }));
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function restore({ form: action, fields }) {
  const form = [...document.querySelectorAll("form[method=post]")].find((each) => path(each) === action);
  if (!form) return;
  for (const [name, value] of fields) {
    for (const field of typed(form).filter((each) => each.name === name)) {
      if (["radio", "checkbox"].includes(field.type)) field.checked = field.value === value;
      else field.value = value;
    }
  }
  const around = form.closest("details");
  if (around) around.open = true;
  const words = document.createElement("p");
  words.className = "said";
  words.setAttribute("role", "status");
  words.textContent = "您刚才填写的内容还在，请检查后再提交一次。";
  form.prepend(words);
  words.scrollIntoView({ block: "center" });
}

const before = kept();
if (document.querySelector("[data-signed-out]")) {
  if (before) sessionStorage.setItem(KEPT, JSON.stringify({ ...before, out: true }));
} else if (before?.out && before.page === location.pathname) {
  sessionStorage.removeItem(KEPT);
  restore(before);
} else if (!before?.out) {
  sessionStorage.removeItem(KEPT);
}

document.addEventListener("submit", (event) => {
  if (event.target.method === "post" && !event.defaultPrevented) keep(event.target);
});
