package site

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// ownChangePage is what she told when she registered, to be changed.
type ownChangePage struct {
	ownFrame
	Can      bool
	Until    domain.Date // last day; zero: until the event begins
	Why      string
	Email    string // as it stands: another one gets a new link
	HandOver string // where the place can be handed over; "" for nowhere
	Revision int
	Parts    []formPart
}

// fieldRevision tells which revision of the answers the form showed.
const fieldRevision = "revision"

func (s *Site) ownChangeShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if !v.status().Live() {
		return s.toOwn(v, v.token, "")
	}
	return s.showChange(v, entryOf(v.OwnRegistration), again{})
}

// ownChangeDo keeps what was changed. Another address gets a link of its own by letter, and the page
// shown afterwards says that and nothing else: who typed the address need not be its owner.
func (s *Site) ownChangeDo(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	entry, in, err := readEntry(c, v.Event, fieldRevision)
	if err != nil {
		return err
	}
	if !v.Options.Change {
		return s.showChange(v, entry, again{status: http.StatusConflict})
	}
	entry.EmailOptional = v.Registration.Email == "" // registered on the phone, and still without one
	done, err := s.registrations.Change(c.Request.Context(), server.ActorOf(c), v.token, service.Change{
		Entry: entry, Seen: int(number(in.Get(fieldRevision))),
	})
	switch {
	case err == nil && done.Address:
		c.Redirect(http.StatusSeeOther, s.paths.For(v.lang(), "own_address"))
		return nil
	case err == nil && done.Anything:
		return s.toOwn(v, v.token, doneChanged)
	case err == nil:
		return s.toOwn(v, v.token, doneSame)
	}
	a, err := v.refusal(err)
	if err != nil {
		return err
	}
	if v, err = s.visit(c); err != nil {
		return err
	}
	return s.showChange(v, entry, a)
}

// ownAddressPage is what everyone sees who has changed her address. Nothing in it is about anyone.
type ownAddressPage struct{ Calendar string }

func (s *Site) ownAddressShow(c *gin.Context) error {
	l := server.LangOf(c)
	return s.write(c, http.StatusOK, page{
		template: "public/own_address", route: "own_address",
		Page: view.Page{
			Title: s.printer(l).T("own.done.adress.title"), NoIndex: true, Nav: view.NavCalendar,
			Body: ownAddressPage{Calendar: s.paths.For(l, "home")},
		},
	})
}

func (s *Site) ownChangeCrowded(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	entry, _, err := readEntry(c, v.Event, fieldRevision)
	if err != nil {
		return err
	}
	return s.showChange(v, entry, v.crowded())
}

func (s *Site) showChange(v ownVisit, in domain.Entry, a again) error {
	body := ownChangePage{
		ownFrame: s.ownFrame(v, "own_change", v.p.T("own.change_form.heading")),
		Can:      v.Options.Change, Until: v.Event.Rules.ChangeUntil, Email: v.Registration.Email, Revision: v.Registration.Revision,
		Parts: s.changeParts(v, in),
	}
	if !body.Can {
		body.Why = whyNotChange(v, s.now())
	}
	if v.Options.HandOver {
		body.HandOver = s.paths.For(v.lang(), "own_hand_over", v.token)
	}
	body.again(a, v.p, body.Parts...)
	return s.writeOwn(v, a, "change", "own_change", body.ownFrame, body)
}

// changeParts is the registration's form without what cannot be changed here: the code that let her
// in, and her needs, which have a page of their own. Full sessions and a full event look to her as
// they do with her own places left out.
func (s *Site) changeParts(v ownVisit, in domain.Entry) []formPart {
	p, e := v.p, v.Event
	e.Rules.AccessCode, e.Rules.Food, e.Rules.Access = "", false, false
	e.Programme = withoutHer(e.Programme, v.OwnRegistration.Sessions)
	parts := s.formParts(p, e, in)
	for i, part := range parts {
		if part.Heading == p.T("registration.sessions.heading") && v.status() == domain.Confirmed {
			parts[i].Intro = []string{p.T("registration.sessions.intro")}
		}
		for i := range part.Fields {
			if part.Fields[i].Name == "email" {
				part.Fields[i].Hint, part.Fields[i].Optional = p.T("own.change_form.email_hint"), v.Registration.Email == ""
			}
		}
	}
	return parts
}

// withoutHer is a programme in which her places in sessions are free for her to keep.
func withoutHer(programme []domain.Session, chosen []domain.ChosenSession) []domain.Session {
	programme = slices.Clone(programme)
	for i := range programme {
		for _, hers := range chosen {
			if hers.Session.ID == programme[i].ID && hers.Status == domain.ChoiceConfirmed {
				programme[i].Taken--
			}
		}
	}
	return programme
}

// entryOf is her registration as if she had just typed it.
func entryOf(own domain.OwnRegistration) domain.Entry {
	r := own.Registration
	in := domain.Entry{
		GivenName: r.GivenName, FamilyName: r.FamilyName, Email: r.Email, Phone: r.Phone,
		Organisation: r.Organisation, OrganisationType: string(r.OrganisationType), Title: r.Title, Municipality: r.Municipality,
		Answers: make(map[int64][]string, len(r.Answers)),
		Invoice: domain.InvoiceEntry{
			OrgNumber: r.Invoice.OrgNumber, Reference: r.Invoice.Reference, PeppolID: r.Invoice.PeppolID, Address: r.Invoice.Address,
		},
	}
	for _, a := range r.Answers {
		in.Answers[a.QuestionID] = a.Values
	}
	for _, chosen := range own.Sessions {
		in.Sessions = append(in.Sessions, strconv.FormatInt(chosen.Session.ID, 10))
	}
	return in
}

// whyNotChange is the refusal in words; "" for none.
func whyNotChange(v ownVisit, now time.Time) string {
	return v.sentence(v.Event.MayChange(v.Registration, v.Registration.Participant, now))
}

// sentence is a refusal in words, "" where there is none; an event that does not take place is the
// reason before all others.
func (v ownVisit) sentence(err error) string {
	var e *domain.Error
	switch {
	case v.Event.State == domain.EventCancelled:
		return v.p.T("own.why.event_cancelled")
	case errors.As(err, &e):
		return v.p.T(e.Key, e.Args)
	}
	return ""
}
