package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// beginMailing makes a draft to everyone with a place at Luleå, with a text that can be sent, and answers its
// address.
func (c *client) beginMailing(event string) string {
	c.w.t.Helper()
	to := c.post("/handlaggare/utskick/nytt", url.Values{"event": {event}, "status": {"confirmed"}}).want(c.w.t, http.StatusSeeOther).to()
	at, _, _ := strings.Cut(to, "/mottagare")
	return at
}

// write keeps the words of a draft and goes on.
func (c *client) write(at string, pairs ...string) *response {
	c.w.t.Helper()
	form := c.get(at+"/text").want(c.w.t, http.StatusOK).fields()
	form.Del("file")
	with(form, "step", "next", "subject_sv", "Praktiskt inför {ort}", "body_sv", "Hej {förnamn}!\n\nTa med **legitimation**.")
	return c.sendForm(at+"/text", with(form, pairs...))
}

// sendForm posts a form with a file field in which no file was chosen.
func (c *client) sendForm(path string, form url.Values, file ...string) *response {
	c.w.t.Helper()
	const mark = "xXxXx"
	var b strings.Builder
	for name, values := range form {
		for _, v := range values {
			b.WriteString("--" + mark + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + v + "\r\n")
		}
	}
	if len(file) == 2 {
		b.WriteString("--" + mark + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + file[0] + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + file[1] + "\r\n")
	}
	b.WriteString("--" + mark + "--\r\n")
	return c.do(http.MethodPost, path, b.String(), "Content-Type", "multipart/form-data; boundary="+mark)
}

func TestMailing_wholeWay(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	c.get("/handlaggare/utskick").want(t, http.StatusOK, "Här finns inga utskick än.")
	c.get("/handlaggare/utskick/nytt?event=lulea").want(t, http.StatusOK, "Vilka ska få mejlet?", "Visa mottagarna")
	at := c.beginMailing("lulea")
	c.get(at+"/mottagare").want(t, http.StatusOK, "personer får mejlet.", "Öberg")
	c.write(at).want(t, http.StatusSeeOther)
	look := c.get(at+"/granska").want(t, http.StatusOK, "Praktiskt inför Luleå", "Ta med legitimation", "Godkänn och skicka till")
	c.get(at).want(t, http.StatusOK, "Texten är klar.")
	frame := c.get(attr(look.find("iframe")[0], "src")).want(t, http.StatusOK, "Ta med")
	if !strings.Contains(frame.body, "/min-anmalan/exempel") || strings.Contains(frame.body, "%E2%80%A6") {
		t.Error("the link in the preview is not one of an example")
	}
	if got := frame.Header.Get("Content-Security-Policy"); !strings.Contains(got, "sandbox") || !strings.Contains(got, "default-src 'none'") {
		t.Errorf("the frame may %q", got)
	}
	c.get("/handlaggare/utskick").want(t, http.StatusOK, "Utkast", "Praktiskt inför Luleå")
}
