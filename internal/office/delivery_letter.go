package office

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// personLetterPage is one letter as it was sent.
type personLetterPage struct {
	Back    view.Crumb
	Notice  *view.Notice
	Faults  []view.Fault
	Heading string
	Lead    string
	letterWords
	Phone   string
	Facts   []fact
	Again   *view.Crumb // where it is sent once more
	AgainIs string      // what that does
	Text    string
	Frame   string // the address of its HTML
	Headers []domain.LetterHeader
	Files   []fact
	Reveal  *formPage // asks why the letter of someone with protected identity is to be shown
}

func letterID(c *gin.Context) domain.LetterID {
	id, _ := strconv.ParseInt(c.Param("id"), 10, 64)
	return domain.LetterID(id)
}

func (o *Office) personLetterShow(c *gin.Context) error {
	v, l, err := o.People.Letter(c.Request.Context(), signedIn(c).Actor, c.Param("slug"), c.Param("ref"), letterID(c))
	if err != nil {
		return err
	}
	return o.showPersonLetter(c, nil, v, l, "")
}

// personLetterReveal shows the text of a letter to someone with protected identity, once: the answer is the
// page. That it was read, by whom and why, is in the audit log before.
func (o *Office) personLetterReveal(c *gin.Context) error {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	v, l, err := o.People.Letter(ctx, a, c.Param("slug"), c.Param("ref"), letterID(c))
	if err == nil && !a.MayAt(domain.PermProtect, v.Event) {
		err = domain.NotFound("registration.not_found")
	}
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldWhy})
	if err != nil {
		return err
	}
	if !v.Hidden {
		return o.lead(c, o.path(c, "office_person_letter", v.Event.Slug, v.Ref, letterNumber(l.ID)))
	}
	if ok, err := o.proved(c); !ok {
		return err
	}
	why := domain.RevealReason(in.Get(fieldWhy))
	if !slices.Contains(domain.RevealReasons(), why) {
		return o.showPersonLetter(c, &domain.Error{Code: domain.CodeInvalid, Key: "manage.reveal.why_missing", Field: fieldWhy}, v, l, in.Get(fieldWhy))
	}
	v, l, err = o.People.RevealLetter(ctx, a, c.Param("slug"), c.Param("ref"), l.ID, why)
	if err != nil {
		return err
	}
	return o.showPersonLetter(c, nil, v, l, "")
}

func (o *Office) showPersonLetter(c *gin.Context, refusal error, v domain.PersonView, l domain.OpenedLetter, why string) error {
	p, a := o.printer(c), signedIn(c).Actor
	number := letterNumber(l.ID)
	body := personLetterPage{
		Back: o.personBack(c, v), Heading: o.letterName(c, v.Event.Slug, l.SentLetter), Lead: whoIs(p, v.Registration) + ", " + eventName(p, v.Event),
		letterWords: o.wordsOf(p, l.SentLetter, l.Fate()), Text: l.Text, Headers: l.Headers,
	}
	add := func(key, value string) {
		if value != "" {
			body.Facts = append(body.Facts, fact{p.T("delivery.letter." + key), value})
		}
	}
	add("subject", l.Subject)
	add("to", l.To)
	add("queued", p.Instant(l.QueuedAt))
	if !l.AcceptedAt.IsZero() {
		add("taken", p.Instant(l.AcceptedAt))
	}
	add("tries", p.Value(l.Attempts))
	if body.Stands.Unreached() && !v.Hidden {
		body.Phone = v.Phone
	}
	if a.MayAt(domain.PermWriteMail, v.Event) && v.MaySendAgain(l.SentLetter, o.Now()) == nil {
		body.Again, body.AgainIs = &view.Crumb{URL: o.path(c, "office_letter", v.Event.Slug, v.Ref, number), Label: p.T("manage.letter.way")}, p.T("manage.letter.link")
	}
	for _, f := range l.Files {
		body.Files = append(body.Files, fact{f.Name, p.T("delivery.letter.file", "size", p.Value((f.Size+1023)/1024))})
	}
	status := http.StatusOK
	switch {
	case v.Hidden && !l.Written && a.MayAt(domain.PermProtect, v.Event):
		ask := revealForm(p, why)
		ask.Action = o.path(c, "office_person_letter", v.Event.Slug, v.Ref, number)
		var err error
		if status, err = o.faulty(c, refusal, &ask); err != nil {
			return err
		}
		body.Reveal, body.Faults = &ask, ask.Faults
	case v.Hidden && !l.Written:
		body.Notice = &view.Notice{Kind: "warning", Title: p.T("office.person.hidden"), Text: p.T("delivery.letter.hidden")}
	case v.Hidden:
		body.Notice = &view.Notice{Kind: "warning", Title: p.T("manage.reveal.shown"), Text: p.T("manage.reveal.shown_text")}
	case !l.Written:
		body.Notice = &view.Notice{Kind: "info", Title: p.T("delivery.letter.unwritten"), Text: p.T("delivery.letter.unwritten_text")}
	case len(l.HTML) > 0:
		body.Frame = o.path(c, "office_person_letter_html", v.Event.Slug, v.Ref, number)
	}
	return o.write(c, status, page{
		template: "delivery_letter", route: "office_person_letter", args: []string{v.Event.Slug, v.Ref, number}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + whoIs(p, v.Registration), Errors: len(body.Faults), Body: body},
	})
}

// letterName is what a letter is called: the subject of what staff wrote to those at
// an event, or what the program's own are about.
func (o *Office) letterName(c *gin.Context, event string, l domain.SentLetter) string {
	p := o.printer(c)
	if l.Subject != "" {
		return p.T("delivery.letter.mailing", "subject", o.filled(c, event, domain.Swedish, l.Subject))
	}
	return p.T("letter." + string(l.Kind))
}

// personLetterHTML is the HTML of a letter, shown in a frame without rights: nothing in it runs, nothing is
// fetched, and its links lead nowhere.
func (o *Office) personLetterHTML(c *gin.Context) error {
	v, l, err := o.People.Letter(c.Request.Context(), signedIn(c).Actor, c.Param("slug"), c.Param("ref"), letterID(c))
	if err == nil && (v.Hidden || len(l.HTML) == 0) {
		err = domain.NotFound("registration.not_found")
	}
	if err != nil {
		return err
	}
	return o.showLetterPage(c, l.HTML)
}
