// The editor keeps what is typed as a draft a moment after the typing stops, and lets rows be dragged.
// Every page works without: the buttons do the same.

const form = document.querySelector("form.edit-form");
const told = document.querySelector("[data-kept]");

if (form && told) {
  let timer, sending = false, again = false, unkept = false, sender;

  const typed = () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "auto");
    return body;
  };

  // The last answer is told politely; nothing on the page moves.
  const keep = async () => {
    if (sending) {
      again = true;
      return;
    }
    if (form.dataset.sent) return;
    sending = true;
    unkept = false;
    sender = new AbortController();
    try {
      const answer = await fetch(form.action, { method: "POST", body: typed(), redirect: "manual", signal: sender.signal });
      const plain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
      told.textContent = answer.ok && plain ? await answer.text() : form.dataset.keep;
    } catch {
      if (sender.signal.aborted) return;
      told.textContent = form.dataset.keep;
    }
    sending = false;
    if (again) {
      again = false;
      later();
    }
  };
  const later = () => {
    unkept = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 4000);
  };
  form.addEventListener("input", later);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    sender?.abort();
    unkept = false;
  });
  // Whoever goes on to another section before that finds there what she typed here.
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    if (unkept) navigator.sendBeacon(form.action, typed());
    unkept = false;
  });
}

// Rows are sent in the order they stand in: moving one is all there is to it.
for (const list of document.querySelectorAll("[data-rows]")) {
  let dragged = null;
  for (const row of list.children) {
    const grip = row.querySelector("summary");
    if (!grip) continue;
    grip.draggable = true;
    grip.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      row.classList.add("dragged");
    });
    grip.addEventListener("dragend", () => {
      row.classList.remove("dragged");
      if (dragged) form?.dispatchEvent(new Event("input"));
      dragged = null;
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged || dragged === row) return;
      event.preventDefault();
      const box = row.getBoundingClientRect();
      const after = event.clientY > box.top + box.height / 2;
      list.insertBefore(dragged, after ? row.nextSibling : row);
    });
    row.addEventListener("drop", (event) => event.preventDefault());
  }
}
