// Niceties for those who have scripts on; every page works without.

// A form is sent once, however often the button is pressed. Coming back with the browser's own
// button makes it sendable again.
for (const form of document.querySelectorAll('form[method="post"]')) {
  const buttons = () => form.querySelectorAll('button:not([type="button"])');
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of buttons()) button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    delete form.dataset.sent;
    for (const button of buttons()) button.removeAttribute("aria-disabled");
  });
}

// Long answers tell how many characters are typed, a moment after the typing stops. Characters are
// counted as the server counts them: a line break is one, a letter outside the basic plane is one.
for (const area of document.querySelectorAll("textarea[data-max]")) {
  const note = document.getElementById(area.id + "-max");
  if (!note || !note.dataset.typed) continue;
  note.setAttribute("aria-live", "polite");
  let timer;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      note.textContent = note.dataset.typed.replace("{typed}", [...area.value].length);
    }, 700);
  });
}

// A button that prints the page is shown where it can.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
