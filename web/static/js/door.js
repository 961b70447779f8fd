// The list at the door is searched while somebody types, by the same rule as the server's. Nothing is asked of the
// network, so it works where there is none, and nobody is taken out of the form: what was chosen for those who are
// hidden is saved with the rest.

const find = document.querySelector("form[data-door]");
const form = document.querySelector("form.attendance");

const letters = { đ: "d", ð: "d", ŋ: "n", ø: "o", æ: "a", ł: "l", ŧ: "t", ß: "ss", þ: "th" };

// fold takes the accents away: å and ä as a, ö as o, the letters of the Sámi languages as the server takes them.
function fold(text) {
  return text.normalize("NFC").toLowerCase().normalize("NFD").replace(/[đðŋøæłŧßþ]/g, (c) => letters[c]).replace(/\p{Mn}/gu, "");
}

if (find && form) {
  const field = find.elements.q;
  const told = find.querySelector("[data-told]");
  const everyone = find.querySelector("[data-everyone]");
  const index = document.querySelector(".attendance-index");
  const whole = find.dataset.part === undefined;
  const served = field.defaultValue;
  let timer;

  const show = () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean).slice(0, 8);
    const start = words.join("").replaceAll("-", "").replaceAll("o", "0").replace(/[il]/g, "1");
    let n = 0;
    for (const row of form.querySelectorAll("li[data-text]")) {
      const { text, number } = row.dataset;
      row.hidden = !(words.every((w) => text.includes(w)) || ([...start].length >= 4 && number.startsWith(start)));
      if (!row.hidden) n++;
    }
    form.elements.q.value = field.value;
    everyone.hidden = words.length === 0 && served === "";
    if (index) index.hidden = words.length > 0;
    return [words, n];
  };
  const tell = ([words, n]) => {
    const pattern = whole ? (n === 0 ? find.dataset.none : find.dataset.found) : find.dataset.part;
    const text = words.length === 0 ? "" : pattern.replace("{n}", n).replace("{all}", find.dataset.all);
    if (told.textContent !== text) told.textContent = text;
  };
  // Who is left is seen at once, and told aloud when the typing has paused.
  const typed = () => {
    const now = show();
    clearTimeout(timer);
    timer = setTimeout(() => tell(now), 500);
  };

  field.addEventListener("input", typed);
  find.addEventListener("submit", (event) => {
    if (whole) {
      event.preventDefault();
      clearTimeout(timer);
      tell(show());
      return;
    }
    const chosen = [...form.querySelectorAll("input[type=radio]")].some((r) => r.checked !== r.defaultChecked);
    if (!chosen) return;
    event.preventDefault(); // a search leads away from what is chosen: it is saved on the way
    show();
    form.elements.page.value = "1";
    form.requestSubmit();
  });
  everyone.addEventListener("click", (event) => {
    if (!whole) return;
    event.preventDefault();
    field.value = "";
    clearTimeout(timer);
    tell(show());
    field.focus();
  });
  // Whoever comes back with the browser's own button finds the field as she left it.
  addEventListener("pageshow", () => {
    if (field.value !== served) tell(show());
  });
  find.querySelector("[data-without]").hidden = true;
}
