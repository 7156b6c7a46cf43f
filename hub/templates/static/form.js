// A password can be looked at, and a second tap while a form is on its way does nothing.
const show = document.querySelector("button.show");
const password = show && document.getElementById(show.getAttribute("aria-controls"));
if (show) {
  show.hidden = false;
  show.addEventListener("click", () => {
    const isShown = password.type === "password";
    password.type = isShown ? "text" : "password";
    show.setAttribute("aria-pressed", String(isShown));
  });
}
for (const form of document.forms) {
  const submit = form.querySelector("[type=submit]");
  const words = submit.textContent;
  // an empty field is named in the page's language, not in the phone's
  for (const field of form.querySelectorAll("[required]")) {
    field.addEventListener("invalid", () => field.setCustomValidity(form.dataset.missing));
    field.addEventListener("input", () => field.setCustomValidity(""));
  }
  form.addEventListener("submit", (event) => {
    if (submit.getAttribute("aria-disabled") === "true") return event.preventDefault();
    form.action += location.hash; // the way back may lead to one exercise of a page
    if (password) password.type = "password"; // or browsers keep what was typed as plain text
    submit.setAttribute("aria-disabled", "true");
    submit.textContent = submit.dataset.busy;
  });
  // back from the next page: the button works again
  addEventListener("pageshow", () => {
    submit.removeAttribute("aria-disabled");
    submit.textContent = words;
  });
}
// another language leads to the same place
for (const link of document.querySelectorAll("a[hreflang]")) link.hash = location.hash;
if (!document.querySelector("[autofocus]")) document.querySelector("[aria-invalid=true]")?.focus();
