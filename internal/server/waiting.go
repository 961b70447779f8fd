package server

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// Waiting is what the page for those who were not let in is drawn from.
type Waiting struct {
	Form    bool      // a form was sent, and is kept in the page; else a page was asked for
	Held    bool      // the form could not be kept since another program holds the database, not for a crowd
	Action  string    // where to try again
	Fields  []Field   // of the form, or of the address, in their order
	Turn    time.Time // when to try again
	Seconds int       // until then, at least 1
}

// Field is one field of a form as it was sent.
type Field struct{ Name, Value string }

// turnParam is the parameter of an address that carries a ticket.
const turnParam = "turn"

// behindDoor reports whether the row's answers are made for each visitor. Those are what a rush is heavy
// by; what is kept ready for everyone goes on, and so does the work of staff.
func (r Route) behindDoor() bool {
	switch r.Class {
	case ClassPublic, ClassForm:
		return r.Method == http.MethodPost
	case ClassPersonal:
		return !r.AnyOrigin
	}
	return false
}

// atDoor is the handler behind the door. What was sent is read first, so that it can be given back.
func (s *server) atDoor(r Route, handle func(*gin.Context) error) func(*gin.Context) error {
	if s.door == nil || s.wait == nil || !r.behindDoor() {
		return handle
	}
	return func(c *gin.Context) error {
		form, err := keepForm(c.Request)
		if err != nil {
			return err
		}
		var turn time.Time
		if form != nil && c.Request.URL.RawQuery != "" {
			turn = s.door.readTicket(c.Query(turnParam), form)
		}
		// Pages are asked for by those who have been let in before: theirs is the whole room.
		first := form != nil && (turn.IsZero() || s.door.now().Before(turn))
		if !s.door.enter(first) {
			return s.askToWait(c, form, turn, false)
		}
		defer s.door.leave()
		err = handle(c)
		if form != nil && Busy(err) && !c.Writer.Written() {
			s.door.refused.Add(1)
			return s.askToWait(c, form, turn, heldFile(err))
		}
		return err
	}
}

// Busy reports whether err says that too many want to write just now, or that another program does: nothing
// was changed, and the page for those who wait keeps what they sent. Handlers return such an error as it is.
func Busy(err error) bool {
	return heldFile(err) || errors.Is(err, &domain.Error{Code: domain.CodeUnavailable, Key: "store.busy"})
}

func heldFile(err error) bool {
	return errors.Is(err, &domain.Error{Code: domain.CodeUnavailable, Key: "store.held"})
}

// askToWait answers with the page for those who wait. Whoever has a turn keeps it.
func (s *server) askToWait(c *gin.Context, form []byte, turn time.Time, held bool) error {
	now := s.door.now()
	w := Waiting{Form: form != nil, Held: held, Action: c.Request.URL.EscapedPath()}
	switch soon := now.Add(soonest); {
	case form == nil:
		w.Turn = soon.Add(time.Duration(rand.Int64N(int64(soonest))))
	case turn.IsZero():
		turn = s.door.turn()
		w.Turn = turn
	case turn.Before(soon): // hers has come, and others with theirs fill the room
		w.Turn = soon.Add(time.Duration(rand.Int64N(int64(soonest / 2))))
	default:
		w.Turn = turn
	}
	sent := form
	if form == nil {
		sent = []byte(c.Request.URL.RawQuery) // a browser makes the address anew of the fields
	}
	var ok bool
	if w.Fields, ok = fieldsOf(sent); !ok {
		return &Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	if form != nil {
		w.Action += "?" + turnParam + "=" + url.QueryEscape(s.door.ticket(turn, form))
	}
	w.Seconds = max(1, int((w.Turn.Sub(now)+time.Second-1)/time.Second))
	h := c.Writer.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Retry-After", strconv.Itoa(w.Seconds))
	return s.wait(c, w)
}

// formBody is the body of a form that was read already.
type formBody struct {
	bytes.Reader
	form []byte
}

// Close does nothing: the body was read to its end.
func (*formBody) Close() error { return nil }

// FormOf is the body of a form that was read on the way in, nil where none was. It must not be changed.
func FormOf(r *http.Request) []byte {
	if b, ok := r.Body.(*formBody); ok {
		return b.form
	}
	return nil
}

// keepForm reads a form and lets it be read once more; nil where the request has none.
func keepForm(r *http.Request) ([]byte, error) {
	if r.Method != http.MethodPost {
		return nil, nil
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return nil, &Refusal{Status: http.StatusUnsupportedMediaType, Key: "error.form_unknown"}
	}
	form := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 0), MaxBody)+bytes.MinRead))
	if r.Body != nil {
		if _, err := io.Copy(form, r.Body); TooLarge(err) {
			return nil, err
		} else if err != nil {
			return nil, &Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
		}
	}
	b := &formBody{form: form.Bytes()}
	b.Reset(b.form)
	r.Body = b
	return b.form, nil
}

// fieldsOf is a form's fields in the order in which they were sent; false where it is none.
func fieldsOf(form []byte) ([]Field, bool) {
	var fields []Field
	for pair := range strings.SplitSeq(string(form), "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err == nil {
			value, err = url.QueryUnescape(value)
		}
		if err != nil || strings.Contains(pair, ";") {
			return nil, false
		}
		fields = append(fields, Field{strings.ToValidUTF8(name, "\ufffd"), strings.ToValidUTF8(value, "\ufffd")})
	}
	return fields, true
}
