package office

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// recipientLine is someone whom a mailing goes to, and what has become of her letter.
type recipientLine struct {
	Who   string
	URL   string // of her letter; "" where none is written, or it went to a subscriber
	Event string
	letterWords
	Phone string // "" where she has told none, or is reached
}

// letterWords is what has become of a letter, in words.
type letterWords struct {
	Stands domain.LetterFate
	Told   string
	Why    string // "" where nothing is against it
	Do     string // what staff can do about it
	Reply  string // an automatic reply, apart from all that
}

// wordsOf words what has become of a letter.
func (o *Office) wordsOf(p *i18n.Printer, l domain.SentLetter, f domain.LetterFate) letterWords {
	var at time.Time
	switch f {
	case domain.FateDeferred:
		at = l.NextTry
	case domain.FateTaken, domain.FateDelayed:
		at = l.AcceptedAt
	case domain.FateReturned:
		at = l.CameBack()
	}
	w := letterWords{Stands: f, Told: p.T("delivery.fate."+string(f), "at", p.Instant(at))}
	if f == domain.FateTaken && o.LettersKept {
		w.Told = p.T("letter_state.kept")
	}
	if t := l.Trouble(); t != domain.TroubleNone && l.State != "" {
		w.Why = p.T("trouble." + string(t))
		if f.Unreached() {
			w.Do = p.T("delivery.do." + string(t))
		}
	}
	if at := l.Answered(); !at.IsZero() {
		w.Reply = p.T("delivery.reply", "at", p.Instant(at))
	}
	return w
}

func (o *Office) recipientLine(c *gin.Context, l domain.MailingLetter) recipientLine {
	p := o.printer(c)
	line := recipientLine{letterWords: o.wordsOf(p, l.Letter, l.Fate)}
	if l.ID == 0 {
		line.Who = p.T("archive.subscriber", "host", l.Host)
		return line
	}
	line.Who, line.Event = listName(p, l.Registration), eventName(p, domain.Event{Title: l.Event.Title, Town: l.Event.Town})
	line.URL = o.path(c, "office_person", l.Event.Slug, l.Ref)
	if l.Letter.ID != 0 {
		line.URL = o.path(c, "office_person_letter", l.Event.Slug, l.Ref, letterNumber(l.Letter.ID))
	}
	if l.Fate.Unreached() {
		line.Phone = l.Phone
	}
	return line
}

func letterNumber(id domain.LetterID) string { return strconv.FormatInt(int64(id), 10) }

// lettersPage is everyone whom a mailing goes to, those who were not reached first.
type lettersPage struct {
	Back    view.Crumb
	Heading string
	Name    string
	Action  string
	Field   view.Field
	Chosen  bool
	Found   string
	Rows    []recipientLine
	Several bool // events
	Next    string
	First   string
}

const (
	findFate = "fate"
	findPage = "page"
)

func (o *Office) mailingLettersShow(c *gin.Context) error {
	ctx, a, p := c.Request.Context(), signedIn(c).Actor, o.printer(c)
	m, _, err := o.Mailings.Mailing(ctx, a, c.Param("id"))
	if err != nil {
		return err
	}
	if m.State == domain.MailingDraft {
		return o.lead(c, o.path(c, "office_mailing", m.UID))
	}
	choice := shown(c.Query(findFate))
	number, _ := strconv.Atoi(c.Query(findPage))
	number = max(0, min(number, 100_000))
	found, more, err := o.Mailings.Letters(ctx, a, m.UID, fatesOf(choice), number)
	if err != nil {
		return err
	}
	self := o.path(c, "office_mailing_letters", m.UID)
	body := lettersPage{
		Back:    view.Crumb{URL: o.path(c, "office_mailing", m.UID), Label: o.mailingTitle(c, m)},
		Heading: p.T("delivery.letters.heading"), Name: o.mailingTitle(c, m), Action: self, Field: o.fateField(p, choice), Chosen: choice != "",
	}
	var events []domain.EventID
	for _, l := range found {
		body.Rows = append(body.Rows, o.recipientLine(c, l))
		if l.EventID != 0 && !slices.Contains(events, l.EventID) {
			events = append(events, l.EventID)
		}
	}
	body.Several = len(events) > 1
	from := number*lettersOnAPage + 1
	if body.Found = p.T("delivery.letters.place", "from", p.Value(from), "to", p.Value(from+len(found)-1)); len(found) == 0 {
		body.Found = p.T("delivery.letters.none")
	}
	at := func(page int) string {
		query := url.Values{}
		if choice != "" {
			query.Set(findFate, choice)
		}
		if page > 0 {
			query.Set(findPage, strconv.Itoa(page))
		}
		return withQuery(self, query)
	}
	if more {
		body.Next = at(number + 1)
	}
	if number > 0 {
		body.First = at(0)
	}
	query := ""
	if c.Request.URL.RawQuery != "" {
		query = "?" + c.Request.URL.Query().Encode()
	}
	return o.write(c, http.StatusOK, page{
		template: "delivery_letters", route: "office_mailing_letters", args: []string{m.UID}, query: query, menu: "office_mailings",
		Page: view.Page{Title: body.Heading + " – " + body.Name, Body: body},
	})
}

// lettersOnAPage is how many stand on one page of the list.
const lettersOnAPage = 50

func (o *Office) fateField(p *i18n.Printer, choice string) view.Field {
	options := []view.Option{{Label: p.T("delivery.letters.all")}}
	for _, f := range fateChoices() {
		options = append(options, view.Option{Value: f, Label: p.T(o.countKey(f))})
	}
	return view.Field{
		Kind: view.FieldSelect, Name: findFate, Label: p.T("delivery.letters.choose"), Values: []string{choice}, Options: withUnknown(p, options, choice),
	}
}
