package journey_test

import (
	"testing"

	"github.com/temadag/temadag/internal/testkit/browser"
)

// TestCalendar_titleBeforeState: what an entry of the calendar is comes first, when and where it is next, and how
// it stands last, to whoever reads it on a telephone and to whoever hears it.
func TestCalendar_titleBeforeState(t *testing.T) {
	p := unhurried(t)
	tab := house().tab(t, browser.Phone())
	for _, path := range []string{"/", "/en/"} {
		tab.Go(p.base() + path)
		if n := browser.Eval[int](tab, `document.querySelectorAll(".calendar > li.undated .bigdate-none, .calendar > li.series").length`); n < 2 {
			t.Errorf("%s: %d entries of a theme or closed before the day is known", path, n)
		}
		for _, trouble := range browser.Eval[[]string](tab, orderScript) {
			t.Errorf("%s: %s", path, trouble)
		}
	}
	tab.Shot("calendar-order-320")
	// The twin: that it is closed comes first, to the eye alone or to the ear alone.
	for name, wrong := range map[string]string{
		"to the eye": `document.querySelector(".undated .bigdate-none").style.order = -1`,
		"to the ear": `(() => { const e = document.querySelector(".undated .bigdate-none"); e.style.order = 9; e.parentElement.prepend(e); return true })()`,
	} {
		tab.Go(p.base() + "/")
		browser.Eval[any](tab, wrong)
		if len(browser.Eval[[]string](tab, orderScript)) == 0 {
			t.Errorf("the state before the title, %s, is not seen", name)
		}
	}
}

// orderScript is the entries of the calendar whose parts do not follow upon each other, in the page or on the screen.
const orderScript = `(() => {
	const out = [];
	for (const entry of document.querySelectorAll(".calendar > li")) {
		const title = entry.querySelector("h3"), told = [...entry.querySelectorAll(".bigdate, .more, .state")];
		const state = [...entry.querySelectorAll(".seats, .bigdate-none")], where = entry.querySelector(".where, .towns a");
		const after = (a, b, what) => {
			if (!(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING)) out.push(what + " is read first: " + title.innerText);
			if (b.getBoundingClientRect().top < a.getBoundingClientRect().top) out.push(what + " is seen first: " + title.innerText);
		};
		for (const e of told) after(title, e, e.className);
		for (const e of state) after(where, e, e.className);
		if (!title || !where || !state.length) out.push("an entry without title, place or state");
	}
	return out;
})()`
