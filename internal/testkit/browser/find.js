// Finds what a person would find by its words, scrolls it into view, and returns its middle; or
// says why a person could not. Called as find(kind, words). It waits for nothing: where JavaScript
// is switched off no timer runs.
function find(kind, words) {
  const clean = s => (s || "").replace(/[\s\u00a0\u00ad]+/g, " ").trim();
  const shown = e => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(e).visibility === "visible";
  };
  const name = e => clean(e.getAttribute("aria-label") || (e.tagName === "INPUT" ? e.value : e.textContent));
  const best = (all, text) => {
    for (const fits of [n => n === text, n => n.startsWith(text), n => n.includes(text)]) {
      const found = all.filter(e => fits(name(e)));
      if (found.length) return found;
    }
    return [];
  };
  const list = all => [...new Set(all.map(name))].filter(Boolean).slice(0, 60).join(" | ");

  function spot(e) {
    e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const box = [...e.getClientRects()].find(r => r.width > 0 && r.height > 0);
    if (!box) return { why: "it has no place on the screen" };
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const top = document.elementFromPoint(x, y);
    const covered = top && !e.contains(top) && !top.contains(e);
    if (!top) return { why: `it lies outside the window at ${x}, ${y}` };
    if (covered) return { why: `it is covered by <${top.tagName.toLowerCase()} class="${top.className}">` };
    return { x, y };
  }

  const labels = [...document.querySelectorAll("label")].filter(shown);
  switch (kind) {
    case "press": {
      const all = [...document.querySelectorAll("a[href], button, input[type=submit], summary, label, [role=button]")].filter(shown);
      const found = best(all, words[0]);
      if (!found.length) return { why: "nothing to press bears these words; there is: " + list(all) };
      return spot(found[0]);
    }
    case "choice": {
      const groups = [...document.querySelectorAll("fieldset")];
      const within = words[1] ? groups.filter(g => clean(g.querySelector("legend")?.textContent).startsWith(words[1])) : [document];
      if (!within.length) return { why: "no group has this legend; there is: " + groups.map(g => clean(g.querySelector("legend")?.textContent)).join(" | ") };
      const all = within.flatMap(g => [...g.querySelectorAll("label")]).filter(shown);
      const found = best(all, words[0]);
      if (!found.length) return { why: "no choice bears these words; there is: " + list(all) };
      return spot(found[0]);
    }
    case "field": {
      const found = best(labels, words[0]).filter(l => l.control);
      if (!found.length) return { why: "no field has this label; there is: " + list(labels) };
      return spot(found[0].control);
    }
    case "option": {
      const list_ = best(labels, words[0]).map(l => l.control).find(c => c && c.tagName === "SELECT");
      if (!list_) return { why: "no list has this label; there is: " + list(labels) };
      const option = [...list_.options].find(o => clean(o.text) === words[1]) || [...list_.options].find(o => clean(o.text).startsWith(words[1]));
      if (!option) return { why: "the list has no such option; there is: " + [...list_.options].map(o => clean(o.text)).join(" | ") };
      list_.focus();
      list_.value = option.value;
      list_.dispatchEvent(new Event("input", { bubbles: true }));
      list_.dispatchEvent(new Event("change", { bubbles: true }));
      return spot(list_);
    }
  }
  return { why: "unknown kind " + kind };
}
