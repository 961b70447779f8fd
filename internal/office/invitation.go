package office

import (
	"bytes"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// mostInvitation is the most that either form may send, in bytes: the longest text that is read, once as it
// was pasted and once in the fields, each letter of it written as a browser writes å.
const mostInvitation = 1 << 20

// The fields of both forms. Every proposal has a field of its own, called by its key; those that are
// approved come back in fieldOK.
const (
	fieldText = "text"
	fieldOK   = "ok"
	stepRead  = "read"   // what was pasted
	stepText  = "text"   // back to it
	stepAll   = "all"    // tick everything that raises no question
	stepMake  = "create" // make the drafts
)

func invitationRoutes(o *Office) []server.Route {
	rows := change("office_invitation", "/tillfallen/nytt/inbjudan", "/events/new/invitation", domain.PermEditProgramme, o.inviteShow, o.inviteDo)
	rows[1].MaxBody = mostInvitation
	return rows
}

// invited is an invitation that was read, with what has been typed and ticked.
type invited struct {
	text   string
	inv    domain.Invitation
	all    []domain.Proposal
	owners []domain.Organiser
	in     url.Values // nil as long as nobody has filled in anything
}

func (o *Office) inviteShow(c *gin.Context) error {
	if _, err := o.makersOf(c); err != nil {
		return err
	}
	return o.showInvite(c, nil, "")
}

func (o *Office) inviteDo(c *gin.Context) error {
	r, err := o.readInvited(c)
	if err != nil {
		return err
	}
	step := r.in.Get(fieldStep)
	switch {
	case step == stepText:
		return o.showInvite(c, nil, r.text)
	case strings.TrimSpace(r.text) == "":
		return o.showInvite(c, textFault("office.invitation.missing", nil), r.text)
	case len(r.text) > domain.MaxInvitation:
		return o.showInvite(c, textFault("office.invitation.too_long", map[string]any{"max": domain.MaxInvitation}), r.text)
	case step == stepMake:
		return o.makeInvited(c, r)
	case step == stepAll:
		r.in[fieldOK] = r.unquestioned()
		return o.showInvited(c, nil, r, true)
	}
	r.in = nil
	return o.showInvited(c, nil, r, false)
}

func textFault(key string, args map[string]any) error {
	v := &domain.Invalid{}
	v.Add(fieldText, key, args)
	return v
}

// readInvited reads either form. What fields it may have depends on the text in it, which is therefore read
// first.
func (o *Office) readInvited(c *gin.Context) (invited, error) {
	var r invited
	var err error
	if r.owners, err = o.makersOf(c); err != nil {
		return r, err
	}
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return r, err
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	if typed, err := url.ParseQuery(string(body)); err == nil {
		r.text = plainText(typed.Get(fieldText))
	}
	if len(r.text) <= domain.MaxInvitation {
		if r.inv, err = o.Events.ReadInvitation(signedIn(c).Actor, r.text); err != nil {
			return r, err
		}
		r.all = r.inv.Proposals()
	}
	r.in, err = server.ReadForm(c, append(r.names(), fieldText, fieldStep, fieldToken), fieldOK)
	return r, err
}

// plainText is a pasted text as it comes back from a page unchanged: the second reading must find what the
// first one found.
func plainText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(shown(s))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// names are the fields that the page of proposals has.
func (r invited) names() []string {
	var names []string
	for _, p := range r.all {
		names = append(names, p.Key)
	}
	names = append(names, keyTitle, keyBinding)
	for n := range r.inv.Count() {
		names = append(names, domain.RowField("occasion", n, "owner"))
		for _, field := range alwaysAsked() {
			names = append(names, domain.RowField("occasion", n, field))
		}
	}
	return names
}

// keyTitle is the key of the title; it is asked for even where the text has none.
const keyTitle = "title"

// keyBinding is the key of whether the registration binds: where the text does not say, the user chooses.
const keyBinding = "binding"

// alwaysAsked are the fields of an occasion that stand on the page even where the text does not say: they
// are soonest filled in while the invitation is at hand.
func alwaysAsked() []string {
	return []string{"town", "day", "starts", "ends", "venue", "address", "capacity", "register_until", "cancel_until"}
}

// proposes reports whether the text says anything of a key.
func (r invited) proposes(key string) bool {
	return slices.ContainsFunc(r.all, func(p domain.Proposal) bool { return p.Key == key })
}

func (r invited) ticked(key string) bool { return slices.Contains(r.in[fieldOK], key) }

// mine reports whether an occasion can be made: its county is one where the user may, or none is known.
func (r invited) mine(occasion int) bool {
	if occasion < 0 || occasion >= len(r.inv.Occasions) || !r.inv.Occasions[occasion].Owner.Found() {
		return true
	}
	return r.works(r.inv.Occasions[occasion].Owner.Value)
}

func (r invited) works(county domain.OrganiserCode) bool {
	return slices.ContainsFunc(r.owners, func(w domain.Organiser) bool { return w.Code == county })
}

// unquestioned are the keys that can be approved at one stroke: everything about occasions that are the
// user's to make, save what looks wrong or is unsure. What she has ticked already stays so.
func (r invited) unquestioned() []string {
	keys := slices.Clone(r.in[fieldOK])
	for _, p := range r.all {
		if r.mine(p.Occasion) && !questioned(p) && !slices.Contains(keys, p.Key) {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

func questioned(p domain.Proposal) bool { return p.Doubt != "" || p.Confidence == domain.Unsure }

// approved is what the user has taken on: what she ticked, what she wrote something else in, and what she
// filled in where the text says nothing. Occasions is how many proposals of each are among it.
func (r invited) approved(p *i18n.Printer) (approved map[string]string, occasions map[int]int) {
	approved, occasions = make(map[string]string), make(map[int]int)
	one := r.inv.Count() == 1
	for _, guess := range r.all {
		typed := r.in.Get(guess.Key)
		changed := !guess.Fixed && guess.Field != "owner" && strings.TrimSpace(typed) != "" && typed != asTyped(p, guess)
		switch {
		case guess.Field == "owner":
			continue
		case guess.Field == "occasion":
			if one || r.ticked(guess.Key) {
				approved[guess.Key] = guess.Value
			}
			continue
		case guess.Fixed && r.ticked(guess.Key):
			approved[guess.Key] = guess.Value
		case !guess.Fixed && (changed || r.ticked(guess.Key)):
			approved[guess.Key] = typed
		default:
			continue
		}
		occasions[guess.Occasion]++
	}
	r.fillIn(approved, occasions)
	return approved, occasions
}

// fillIn adds what the text does not say and the user does, and whom each occasion belongs to.
func (r invited) fillIn(approved map[string]string, occasions map[int]int) {
	if v := r.in.Get(keyTitle); !r.proposes(keyTitle) && strings.TrimSpace(v) != "" {
		approved[keyTitle] = v
	}
	if v := r.in.Get(keyBinding); !r.proposes(keyBinding) && v != "" {
		approved[keyBinding] = v
	}
	for n := range r.inv.Count() {
		for _, field := range alwaysAsked() {
			key := domain.RowField("occasion", n, field)
			if v := r.in.Get(key); !r.proposes(key) && strings.TrimSpace(v) != "" {
				approved[key] = v
				occasions[n]++
			}
		}
		if owner := domain.RowField("occasion", n, "owner"); len(r.owners) > 1 {
			approved[owner] = r.in.Get(owner)
		}
	}
}

func (o *Office) makeInvited(c *gin.Context, r invited) error {
	approved, occasions := r.approved(o.printer(c))
	if err := r.forgotten(approved, occasions); err != nil {
		return o.showInvited(c, err, r, false)
	}
	to, err := o.made.once(signedIn(c).User.ID, "invitation", r.in, o.Now(), func() (string, error) {
		in := service.FromInvitation{Text: r.text, Approved: approved}
		if len(r.owners) == 1 {
			in.Owner = r.owners[0].Code
		}
		events, _, err := o.Events.CreateFromInvitation(c.Request.Context(), signedIn(c).Actor, in)
		return o.toMade(c, "invited", events...), err
	})
	if err != nil {
		return o.showInvited(c, err, r, false)
	}
	return o.lead(c, to)
}

// forgotten is a refusal where the user has approved or written something that would be lost: of an occasion
// that she has not ticked, or a title that she has read over.
func (r invited) forgotten(approved map[string]string, occasions map[int]int) error {
	v := &domain.Invalid{}
	if _, ok := approved[keyTitle]; !ok && r.proposes(keyTitle) {
		v.Add(keyTitle, "office.invitation.title_unapproved", nil)
	}
	some := false
	for n := range r.inv.Count() {
		_, ok := approved[domain.OccasionKey(n)]
		some = some || ok
		if !ok && occasions[n] > 0 {
			v.Add(domain.OccasionKey(n), "office.invitation.occasion_unticked", map[string]any{"n": strconv.Itoa(n + 1)})
		}
	}
	if !some && len(v.Faults) == 0 {
		v.Add(domain.OccasionKey(0), "edit.occasions.missing", nil)
	}
	return v.Err()
}

// invitePage is where the text is pasted.
type invitePage struct {
	Back   *view.Crumb
	Faults []view.Fault
	Action string
	Text   view.Field
	Step   string
}

func (o *Office) showInvite(c *gin.Context, refusal error, text string) error {
	status, faults, _, err := o.objections(c, refusal)
	if err != nil {
		return err
	}
	p := o.printer(c)
	fields := []view.Field{{
		Kind: view.FieldLongText, Name: fieldText, Label: p.T("office.invitation.text"), Hint: p.T("office.invitation.text_hint"), Value: text,
	}}
	body := invitePage{
		Back: o.toNew(c), Action: o.path(c, "office_invitation"), Faults: toldSomewhere(p, fields, faults), Text: fields[0], Step: stepRead,
	}
	return o.write(c, status, page{
		template: "invite", route: "office_invitation", menu: "office_events",
		Page: view.Page{Title: p.T("office.invitation.heading"), Errors: len(body.Faults), Body: body},
	})
}

// dayLike and clockLike are the fields that hold a day, or an hour.
func dayLike(field string) bool {
	return slices.Contains([]string{"day", "last_day", "register_until", "cancel_until"}, field)
}

func clockLike(field string) bool {
	return slices.Contains([]string{"arrival", "starts", "ends"}, field)
}
