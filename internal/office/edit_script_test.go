package office_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/look"
)

// kept is a page that takes what its script sends, and answers a sentence as the editor does.
func kept(t *testing.T, page []byte) (at string, last func() url.Values) {
	t.Helper()
	files := look.Serve(t, map[string][]byte{editPath + "/program": page}, static(t))
	static, err := url.Parse(files)
	must(t, err)
	var mu sync.Mutex
	var got url.Values
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			got, _ = url.ParseQuery(string(body))
			mu.Unlock()
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = io.WriteString(w, "Utkastet sparades nyss")
			return
		}
		answer, err := http.Get(static.String() + r.URL.Path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		w.Header().Set("Content-Type", answer.Header.Get("Content-Type"))
		w.Header().Set("Content-Security-Policy", answer.Header.Get("Content-Security-Policy"))
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() url.Values {
		mu.Lock()
		defer mu.Unlock()
		return got
	}
}

// TestEditor_script: what is typed is kept a moment later and told politely, and a row that is dragged is
// sent in its new place.
func TestEditor_script(t *testing.T) {
	b := open(t, "the script of the editor")
	if b == nil {
		return
	}
	_, eva, _ := editor(t)
	at, last := kept(t, []byte(eva.get(editPath+"/program?open=session_1").want(t, http.StatusOK).body))
	tab := b.Tab(t, browser.Desktop())
	tab.Go(at + editPath + "/program")
	waits := func(what, want string) {
		t.Helper()
		for range 100 {
			if strings.Contains(strings.Join(last()["session_title_sv"], "|"), want) && strings.Contains(tab.Text("[role=status][data-kept]"), "Utkastet sparades nyss") {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Errorf("%s: sent %q, told %q", what, last()["session_title_sv"], tab.Text("[role=status][data-kept]"))
	}
	browser.Eval[bool](tab, `(() => { const f = document.getElementById("session_1_title_sv"); f.value = "Skrivet"; f.dispatchEvent(new Event("input", { bubbles: true })); return true })()`)
	waits("typing", "Skrivet|Skola")
	if last().Get("do") != "auto" {
		t.Errorf("sends %q", last().Get("do"))
	}
	browser.Eval[bool](tab, `(() => {
		const data = new DataTransfer(), row = document.getElementById("session_1"), over = document.getElementById("session_3");
		const send = (to, kind, y) => to.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data, clientY: y }));
		send(row.querySelector("summary"), "dragstart", 0);
		send(over, "dragover", over.getBoundingClientRect().bottom - 1);
		send(over, "drop", 0);
		send(row.querySelector("summary"), "dragend", 0);
		return true })()`)
	waits("dragging", "Skola på svenska|Vård på svenska|Skrivet")
	for _, c := range tab.Complaints() {
		t.Error(c)
	}
}
