// What differs from person to person is put in where the cursor stands. Without this it is copied by hand.

for (const places of document.querySelectorAll("[data-into]")) {
  const fields = [document.getElementById(places.dataset.into), document.getElementById(places.dataset.also)];
  let at = fields[0];
  for (const field of fields) field.addEventListener("focus", () => { at = field; });

  for (const code of places.querySelectorAll("code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-small";
    button.textContent = code.textContent;
    button.addEventListener("click", () => {
      at.setRangeText(button.textContent, at.selectionStart, at.selectionEnd, "end");
      at.dispatchEvent(new Event("input", { bubbles: true }));
      at.focus();
    });
    code.replaceWith(button);
  }
  places.querySelector("[data-without]").hidden = true;
  places.querySelector("[data-with]").hidden = false;
}
