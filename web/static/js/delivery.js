// The page of a mailing follows what happens, for those who have scripts on: it is asked for again every other
// second while letters go, and what bears data-live is put in its place. The seconds in which it can be taken
// back are counted down. Only while somebody looks and has touched the page a short while ago: a window that
// was left open must not keep its sign-in alive.

const every = 2000;
const attention = 5 * 60_000;
let touched = Date.now();
let asking = false;
const ends = new WeakMap(); // when each note's seconds are over, by a clock that nobody sets

function going() {
  return document.querySelector("[data-going]") !== null;
}

async function refresh() {
  if (asking || document.hidden || !going() || Date.now() - touched > attention) return;
  asking = true;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live][id]")) {
      const fresh = page.getElementById(part.id);
      if (!fresh) continue;
      if (fresh.hasAttribute("data-going")) part.setAttribute("data-going", "");
      else part.removeAttribute("data-going");
      if (fresh.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
        part.replaceChildren(...fresh.childNodes);
      }
    }
    count();
  } catch {
    // No answer, or the sign-in is over: the numbers stay as they were, and the next click tells.
  } finally {
    asking = false;
  }
}

function count() {
  for (const note of document.querySelectorAll("[data-left][data-pattern]")) {
    if (!ends.has(note)) ends.set(note, performance.now() + 1000 * note.dataset.left);
    const left = Math.max(0, Math.round((ends.get(note) - performance.now()) / 1000));
    note.textContent = note.dataset.pattern.replace("{left}", left);
  }
}

for (const kind of ["pointerdown", "keydown", "focus"]) {
  addEventListener(kind, () => {
    touched = Date.now();
  });
}
setInterval(refresh, every);
setInterval(count, 1000);
