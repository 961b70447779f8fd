package site

import (
	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// ownTransferPage hands the place over to a colleague, with what will happen told beside the
// button.
type ownTransferPage struct {
	ownFrame
	Can    bool
	Why    string
	Domain string // the colleague's address must end so; "" for any
	Needs  bool   // what she has told of food and access will be erased
	Fields []view.Field
	Sure   string // the address that she has been asked about and may have meant
	Rules  rules
}

// transfer is the colleague as typed.
type transfer struct {
	service.HandOver
	Sure string
}

const fieldSure = "sure"

func (s *Site) ownTransferShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if !v.status().Live() {
		return s.toOwn(v, v.token, "")
	}
	return s.showTransfer(v, transfer{}, again{})
}

func readTransfer(c *gin.Context) (transfer, error) {
	in, err := readOwn(c, []string{"given_name", "family_name", "email", fieldSure}, nil)
	if err != nil {
		return transfer{}, err
	}
	return transfer{
		HandOver: service.HandOver{
			GivenName: in.Get("given_name"), FamilyName: in.Get("family_name"), Email: in.Get("email"), Lang: server.LangOf(c),
		},
		Sure: in.Get(fieldSure),
	}, nil
}

// ownTransferDo hands the place over. A place that is handed over already is shown as such, whoever
// has it. An address that looks like a slip of the finger is asked about once: the place would go to
// someone else.
func (s *Site) ownTransferDo(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	in, err := readTransfer(c)
	if err != nil {
		return err
	}
	if v.status() == domain.Transferred && v.MovedTo == nil {
		return s.toOwn(v, v.token, doneHandedOver)
	}
	if near := nearDomain(in.Email); v.Options.HandOver && near != "" && in.Sure != in.Email {
		in.Sure = in.Email
		a := again{notice: &view.Notice{
			Kind: "warning", Title: v.p.T("own.again.email.title"), Text: v.p.T("own.again.email.text", "email", shown(in.Email), "near", near),
		}}
		return s.showTransfer(v, in, a)
	}
	err = s.registrations.HandOver(c.Request.Context(), server.ActorOf(c), v.token, in.HandOver)
	if err == nil {
		return s.toOwn(v, v.token, doneHandedOver)
	}
	a, err := v.refusal(err)
	if err != nil {
		return err
	}
	if v, err = s.visit(c); err != nil {
		return err
	}
	return s.showTransfer(v, in, a)
}

func (s *Site) ownTransferCrowded(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	in, err := readTransfer(c)
	if err != nil {
		return err
	}
	return s.showTransfer(v, in, v.crowded())
}

func (s *Site) showTransfer(v ownVisit, in transfer, a again) error {
	body := ownTransferPage{
		ownFrame: s.ownFrame(v, "own_hand_over", v.p.T("own.hand_over.heading")),
		Can:      v.Options.HandOver, Needs: !v.Needs.Empty(), Fields: colleagueFields(v.p, in.HandOver), Sure: shown(in.Sure),
		Rules: ownRules(v),
	}
	if v.Event.Rules.SameOrganisation {
		body.Domain = mailDomain(v.Registration.Email)
	}
	if !body.Can {
		body.Why = whyNotHandOver(v, s.now())
	}
	for _, f := range a.list() {
		if key := "own.hand_over." + f.Key; v.p.Has(key) { // "Ange kollegans förnamn"
			f.Key = key
		}
	}
	body.again(a, v.p, formPart{Fields: body.Fields})
	return s.writeOwn(v, a, "hand_over", "own_hand_over", body.ownFrame, body)
}

// colleagueFields ask for another person: the browser must not fill in the one who sits there.
func colleagueFields(p *i18n.Printer, in service.HandOver) []view.Field {
	field := func(name, value string, f view.Field) view.Field {
		f.Name, f.Value, f.Autocomplete, f.NoSpelling = name, shown(value), "off", true
		f.Label = p.T("own.hand_over." + name)
		return f
	}
	return []view.Field{
		field("given_name", in.GivenName, view.Field{}),
		field("family_name", in.FamilyName, view.Field{Hint: p.T("own.hand_over.family_name_hint")}),
		field("email", in.Email, view.Field{Kind: view.FieldEmail, InputMode: "email", Hint: p.T("own.hand_over.email_hint")}),
	}
}
