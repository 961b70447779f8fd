// Numbers that follow what happens, for those who have scripts on: the page is asked for again now and then,
// and what bears data-live is put in its place. Only while somebody looks and has touched the page a short
// while ago: a window that was left open must not keep its sign-in alive.

const every = 30_000;
const attention = 5 * 60_000;
let touched = Date.now();
let asking = false;

async function refresh() {
  if (asking || document.hidden || Date.now() - touched > attention) return;
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live][id]")) {
      const fresh = page.getElementById(part.id);
      if (fresh && fresh.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
        part.replaceChildren(...fresh.childNodes);
      }
    }
  } catch {
    // No answer, or the sign-in is over: the numbers stay as they were, and the next click tells.
  } finally {
    asking = false;
  }
}

for (const kind of ["pointerdown", "keydown", "focus"]) {
  addEventListener(kind, () => {
    touched = Date.now();
    if (kind === "focus") refresh();
  });
}
setInterval(refresh, every);
