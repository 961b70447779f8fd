package office

import (
	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// invitationPage is everything that was read, for a person to approve.
type invitationPage struct {
	Back      *view.Crumb
	Notice    *view.Notice
	Faults    []view.Fault
	Action    string
	Hidden    []hidden
	Lead      string
	Look      string // how many raise a question; "" for none
	Looks     []view.Crumb
	Single    []guessRow
	Lists     []guessGroup
	Occasions []occasionCard
	Others    []occasionCard // those that seem to be another county's to make
	Unread    []string
	Text      string
	Button    string
	Ready     bool // everything is approved: the next step is to create
}

// showInvited shows the proposals; told is set where everything without a question has just been ticked.
func (o *Office) showInvited(c *gin.Context, refusal error, r invited, ticked bool) error {
	status, faults, notice, err := o.objections(c, refusal)
	if err != nil {
		return err
	}
	p := o.printer(c)
	guesses, look := r.count()
	if ticked {
		notice = &view.Notice{Kind: "done", Title: p.T("office.invitation.all_done"), Text: p.T("office.invitation.all_done_text")}
		if look > 0 {
			notice.Text = p.T("office.invitation.all_done_look", "count", look)
		}
	}
	body := invitationPage{
		Back: o.toNew(c), Notice: notice, Action: o.path(c, "office_invitation"),
		Hidden: []hidden{{fieldText, r.text}, {fieldToken, o.tokenOr("invitation", r.in.Get(fieldToken))}},
		Lead:   p.T("office.invitation.found", "count", guesses), Unread: r.inv.Unread, Text: r.text,
		Button: p.T("office.invitation.button", "count", r.makes()), Ready: ticked && look == 0,
	}
	if look > 0 {
		body.Look = p.T("office.invitation.look", "count", look)
	}
	body.Single, body.Lists = o.common(p, r)
	for n := range r.inv.Count() {
		card := o.card(p, r, n)
		if r.mine(n) || r.inv.Count() == 1 {
			body.Occasions = append(body.Occasions, card)
		} else {
			body.Others = append(body.Others, card)
		}
	}
	body.Looks = body.questions()
	body.tell(p, faults)
	return o.write(c, status, page{
		template: "invitation", route: "office_invitation", menu: "office_events",
		Page: view.Page{Title: p.T("office.invitation.review"), Errors: len(body.Faults), Body: body},
	})
}

// count is how many proposals there are, and how many of those that the user could take on raise a question.
func (r invited) count() (guesses, look int) {
	for _, g := range r.all {
		if g.Field == "occasion" {
			continue
		}
		guesses++
		if questioned(g) && r.mine(g.Occasion) {
			look++
		}
	}
	return guesses, look
}

// makes is how many drafts are likely to be made: those of the user's own counties.
func (r invited) makes() (n int) {
	for i := range r.inv.Count() {
		if r.mine(i) {
			n++
		}
	}
	return max(n, 1)
}

// questions are the ways to everything that raises a question.
func (b *invitationPage) questions() []view.Crumb {
	var out []view.Crumb
	look := func(of string, rows []guessRow) {
		for _, row := range rows {
			if row.Look {
				out = append(out, view.Crumb{URL: "#" + row.Key, Label: of + row.Approve})
			}
		}
	}
	look("", b.Single)
	for _, card := range b.Occasions {
		look(card.Heading+": ", card.Rows)
	}
	for _, l := range b.Lists {
		look("", l.Rows)
	}
	return out
}

// tell puts each fault at its row, and lists them in their order. One that belongs to no row stands with the
// title.
func (b *invitationPage) tell(p *i18n.Printer, faults []*domain.Error) {
	left := make(map[string]*domain.Error)
	for _, f := range faults {
		if left[f.Field] == nil {
			left[f.Field] = f
		}
	}
	at := func(key string) string {
		f := left[key]
		if f == nil {
			return ""
		}
		delete(left, key)
		text := p.T(ofStaff(p, f.Key), f.Args)
		b.Faults = append(b.Faults, view.Fault{Field: key, Text: text})
		return text
	}
	rows := func(rows []guessRow) {
		for i := range rows {
			text := at(rows[i].Key)
			if rows[i].Error = text; rows[i].Field.Name != "" {
				rows[i].Field.Error = text
			}
		}
	}
	rows(b.Single)
	for _, cards := range [][]occasionCard{b.Occasions, b.Others} {
		for i := range cards {
			card, told := &cards[i], len(b.Faults)
			card.Error = at(card.Key)
			if card.Owner != nil {
				card.Owner.Error = at(card.Owner.Name)
			}
			rows(card.Rows)
			card.Open = card.Open || len(b.Faults) > told
		}
	}
	for _, l := range b.Lists {
		rows(l.Rows)
	}
	for _, f := range faults {
		if left[f.Field] == f {
			b.Faults = append(b.Faults, view.Fault{Field: b.Single[0].Key, Text: p.T(ofStaff(p, f.Key), f.Args)})
		}
	}
}
