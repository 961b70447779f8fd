package site

import (
	"bytes"
	"context"
	"errors"
	"html"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// waitingPage is the page of those who must wait. It is drawn when many come, so it is drawn once, with
// holes, and what each visitor has of her own is put between.
type waitingPage struct {
	Form    bool
	Held    bool
	Action  string
	Seconds int
	Clock   string
	Fields  string
}

// The holes in the page, in their order. They are of letters and digits, so that no escaping touches them.
const (
	clockHole   = "CLOCKGOESHERE"
	actionHole  = "ACTIONGOESHERE"
	secondsHole = 7770777
	fieldsHole  = "FIELDSGOHERE"
)

// waitingParts is the page, cut at its holes.
type waitingParts [5][]byte

// Wait draws the page of those who must wait; it is server.Options.Wait. Nothing in it takes longer than
// the shortest of what they wait for.
func (s *Site) Wait(c *gin.Context, w server.Waiting) error {
	l := server.LangOf(c)
	parts, err := s.waiting.get(c.Request.Context(), string(l)+strconv.FormatBool(w.Form)+strconv.FormatBool(w.Held), func(context.Context) (waitingParts, error) {
		return s.newWaiting(l, w.Form, w.Held)
	})
	if err != nil {
		return err
	}
	size := 1024
	for _, part := range parts {
		size += len(part)
	}
	for _, f := range w.Fields {
		size += 64 + len(f.Name) + 2*len(f.Value)
	}
	var b bytes.Buffer
	b.Grow(size)
	b.Write(parts[0])
	b.WriteString(w.Turn.In(domain.Stockholm()).Format("15.04.05"))
	b.Write(parts[1])
	b.WriteString(html.EscapeString(w.Action))
	b.Write(parts[2])
	b.WriteString(strconv.Itoa(w.Seconds))
	b.Write(parts[3])
	for _, f := range w.Fields {
		b.WriteString(`<input type="hidden" name="` + escaped(f.Name) + `" value="` + escaped(f.Value) + "\">\n")
	}
	b.Write(parts[4])
	c.Header("Content-Length", strconv.Itoa(b.Len()))
	c.Data(http.StatusServiceUnavailable, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// escaped is text as it stands in an attribute. NUL has no place in a page.
func escaped(s string) string { return html.EscapeString(strings.ReplaceAll(s, "\x00", "\ufffd")) }

func (s *Site) newWaiting(l domain.Lang, form, held bool) (waitingParts, error) {
	body, err := s.draw(l, page{template: "public/waiting", Page: view.Page{
		Title: s.printer(l).T("waiting.heading"), NoIndex: true,
		Body: waitingPage{Form: form, Held: held, Action: actionHole, Seconds: secondsHole, Clock: clockHole, Fields: fieldsHole},
	}})
	var parts waitingParts
	if err != nil {
		return parts, err
	}
	holes := [...]string{clockHole, actionHole, strconv.Itoa(secondsHole), `<input type="hidden" name="` + fieldsHole + `" value="">` + "\n"}
	for i, hole := range holes {
		var found bool
		if parts[i], body, found = bytes.Cut(body, []byte(hole)); !found {
			return parts, errors.New("site: the page for those who wait has no place for " + hole)
		}
	}
	parts[len(holes)] = body
	return parts, nil
}
