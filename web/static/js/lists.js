// Niceties of the lists; every page works without.

// A column is moved at once, and its button keeps the focus. What was done is said aloud.
for (const list of document.querySelectorAll("ol[data-columns]")) {
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  list.after(said);
  const settle = () => {
    const rows = [...list.children];
    rows.forEach((row, i) => {
      const [up, down] = row.querySelectorAll("button");
      for (const [button, off] of [[up, i === 0], [down, i === rows.length - 1]]) {
        if (off) button.setAttribute("aria-disabled", "true");
        else button.removeAttribute("aria-disabled");
      }
    });
  };
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const other = button.value.startsWith("up:") ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (button.value.startsWith("up:")) other.before(row);
    else other.after(row);
    settle();
    button.focus();
    const place = [...list.children].indexOf(row) + 1;
    said.textContent = list.dataset.moved.replace("{column}", row.querySelector("label").textContent).replace("{place}", place);
  });
}

// The text for the venue is copied with a button where that can be done.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    document.querySelector("[data-copy-status]").textContent = button.dataset.copied;
  });
}
