// The password can be looked at, and a second tap while signing in does nothing.
const password = document.getElementById("password");
const show = document.getElementById("show");
const form = document.querySelector("form");
if (show && password) {
  show.hidden = false;
  show.addEventListener("click", () => {
    const isShown = password.type === "password";
    password.type = isShown ? "text" : "password";
    show.setAttribute("aria-pressed", String(isShown));
  });
}
if (form && password) {
  const submit = form.querySelector("[type=submit]");
  const words = submit.textContent;
  form.addEventListener("submit", (event) => {
    if (submit.getAttribute("aria-disabled") === "true") return event.preventDefault();
    form.action += location.hash; // the way back may lead to one exercise of a page
    password.type = "password"; // or browsers keep what was typed as plain text
    submit.setAttribute("aria-disabled", "true");
    submit.textContent = submit.dataset.busy;
  });
  // back from the next page: the button works again
  addEventListener("pageshow", () => {
    submit.removeAttribute("aria-disabled");
    submit.textContent = words;
  });
}
