// Suggests upazilas and schools while somebody types; without it both are plain text.
const MOST = 6;
const plain = (text) => text.normalize("NFC").toLowerCase().replace(/[\s,]+/g, " ").trim();

/** Makes a text field search a list: `options()` gives [{ value, search }]. */
function suggest(input, options, onChoice = () => {}) {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "choices";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent);
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  }))
    input.setAttribute(name, value);
  let active = -1;

  const mark = (place) => {
    active = place;
    [...list.children].forEach((item, at) =>
      item.setAttribute("aria-selected", String(at === active)),
    );
    const item = list.children[active];
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  };
  const choose = (value) => {
    input.value = value;
    close();
    onChoice();
  };
  const open = () => {
    const words = plain(input.value);
    const found = options().filter((each) => each.search.some((text) => text.includes(words)));
    // what begins with the words comes first
    found.sort((a, b) => begins(b, words) - begins(a, words));
    list.replaceChildren(
      ...found.slice(0, MOST).map((each, at) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${at}`;
        item.setAttribute("role", "option");
        item.textContent = each.value;
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault(); // the field keeps the focus
          choose(each.value);
        });
        return item;
      }),
    );
    const isOpen = list.children.length > 0 && plain(list.children[0].textContent) !== words;
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    mark(-1);
  };
  input.addEventListener("input", open);
  input.addEventListener("focus", () => input.value || open());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape") close();
    else if (count && event.key === "ArrowDown") mark((active + 1) % count);
    else if (count && event.key === "ArrowUp") mark((active + count - 1) % count);
    else if (event.key === "Enter" && active >= 0) choose(list.children[active].textContent);
    else return;
    event.preventDefault();
  });
}

const begins = (each, words) => Number(each.search.some((text) => text.startsWith(words)));

const place = document.querySelector("input[data-places]");
const school = document.querySelector("input[data-schools]");
let places = [];
let schools = [];

async function loadSchools() {
  const address = `${school.dataset.schools}&place=${encodeURIComponent(place.value)}`;
  const names = (await (await fetch(address)).json()).schools;
  schools = names.map((name) => ({ value: name, search: [plain(name)] }));
}

if (place) {
  suggest(place, () => places, () => loadSchools().catch(() => {}));
  fetch(place.dataset.places)
    .then((answer) => answer.json())
    .then(({ districts }) => {
      const isEnglish = document.documentElement.lang === "en";
      places = districts.flatMap(([district, districtEn, upazilas]) =>
        upazilas.map(([name, nameEn]) => {
          const both = [`${name}, ${district}`, `${nameEn}, ${districtEn}`];
          return { value: both[isEnglish ? 1 : 0], search: both.map(plain) };
        }),
      );
    })
    .catch(() => {}); // offline: what is typed in full is understood too
  if (place.value) loadSchools().catch(() => {});
}
if (place && school) suggest(school, () => schools);
