package office

import (
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// letterOf is the letter that the address names, and its recipient, for those who write letters.
func (o *Office) letterOf(c *gin.Context) (domain.PersonView, domain.SentLetter, error) {
	v, err := o.person(c)
	if err != nil {
		return v, domain.SentLetter{}, err
	}
	id, _ := strconv.ParseInt(c.Param("id"), 10, 64)
	i := slices.IndexFunc(v.Letters, func(l domain.SentLetter) bool { return l.ID == domain.LetterID(id) })
	if i < 0 || !signedIn(c).Actor.MayAt(domain.PermWriteMail, v.Event) {
		return v, domain.SentLetter{}, domain.NotFound("registration.not_found")
	}
	return v, v.Letters[i], nil
}

func (o *Office) letterShow(c *gin.Context) error {
	v, l, err := o.letterOf(c)
	if err != nil {
		return err
	}
	return o.showLetter(c, v.MaySendAgain(l, o.Now()), v, l)
}

func (o *Office) letterDo(c *gin.Context) error {
	v, l, err := o.letterOf(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if err := o.Registrations.SendAgain(c.Request.Context(), signedIn(c).Actor, v.ID, l.ID); err != nil {
		return o.showLetter(c, err, v, l)
	}
	return o.lead(c, o.path(c, "office_person", v.Event.Slug, v.Ref)+"?"+fieldDone+"=office_letter")
}

func (o *Office) showLetter(c *gin.Context, refusal error, v domain.PersonView, l domain.SentLetter) error {
	p, back := o.printer(c), o.personBack(c, v)
	id := strconv.FormatInt(int64(l.ID), 10)
	body := formPage{
		Back: &back, Heading: p.T("manage.letter.heading", "who", whoIs(p, v.Registration)), Lead: eventName(p, v.Event),
		Facts:  []fact{{p.T("manage.letter.what"), o.letterName(c, v.Event.Slug, l)}, {p.T("manage.letter.state"), o.wordsOf(p, l, l.Fate()).Told}},
		Action: o.path(c, "office_letter", v.Event.Slug, v.Ref, id), Keep: &view.Crumb{URL: back.URL, Label: p.T("office.keep")},
	}
	if l.To != "" {
		body.Facts = append(body.Facts, fact{p.T("office.email"), v.Email})
	}
	if why := o.wordsOf(p, l, l.Fate()).Why; why != "" { // the words of the mail servers are for whoever runs the program
		body.Facts = append(body.Facts, fact{p.T("manage.letter.why"), why})
	}
	if refusal == nil {
		body.Text = []string{p.T("manage.letter.means"), p.T("manage.letter.link")}
		if l.Fate().Unreached() {
			body.Text = append(body.Text, p.T("manage.letter.address"))
		}
		if v.Protected {
			body.Text = append(body.Text, p.T("manage.letter.protected"))
		}
		body.Buttons = []button{{Label: p.T("manage.letter.button")}}
	}
	return o.answer(c, refusal, "office_letter", "office_events", body, v.Event.Slug, v.Ref, id)
}
