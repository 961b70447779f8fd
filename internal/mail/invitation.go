package mail

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// subscription is what letters to those who have asked for invitations tell beside the event.
type subscription struct {
	County  string   // "Länsstyrelsen Norrbotten", whose letter it is
	Boards  []board  // those of Waiting and Invited, each answering for its own letters; the letter that asks
	Waiting []string // whom she is asked about
	Invited []string // who send her invitations already
	Manage  string
	End     string // "" in the letter that asks
	Days    int    // until an address that nobody answers for is forgotten
}

// board is a county administration as the letter that asks names it: each is the controller of its own letters.
type board struct{ Name, Phone, Email, DPO string }

// boardsOf are those that are asked for, in the order of the form.
func boardsOf(s *domain.SubscriptionFacts) ([]board, error) {
	all := slices.Concat(s.Waiting, s.Invited)
	slices.SortFunc(all, inAlphabet)
	var out []board
	for _, o := range all {
		if hasControl(o.Name + o.Phone + o.Email + o.DPO) {
			return nil, errors.New("mail: control character in what is told of a county")
		}
		out = append(out, board{cmp.Or(o.Name, o.Short), strings.ReplaceAll(o.Phone, " ", "\u00a0"), o.Email, o.DPO})
	}
	return out, nil
}

func inAlphabet(a, b domain.Organiser) int {
	return strings.Compare(domain.SortKey(a.Short), domain.SortKey(b.Short))
}

func subscriptionOf(f domain.LetterFacts) (*subscription, error) {
	from := f.Subscription
	if from == nil || from.From.Short == "" {
		return nil, errors.New("mail: nobody has asked for this letter")
	}
	s := &subscription{
		County: from.From.Short, Manage: from.Manage, End: from.End, Days: int(domain.SubscriberWaits.Hours() / 24),
	}
	for _, o := range slices.SortedFunc(slices.Values(from.Waiting), inAlphabet) {
		s.Waiting = append(s.Waiting, o.Short)
	}
	for _, o := range slices.SortedFunc(slices.Values(from.Invited), inAlphabet) {
		s.Invited = append(s.Invited, o.Short)
	}
	if !isLink(s.Manage) || f.Letter.Kind == domain.LetterInvitation && !isLink(s.End) {
		return nil, errors.New("mail: a link is no web address")
	}
	if hasControl(s.County + strings.Join(append(s.Waiting, s.Invited...), "")) {
		return nil, errors.New("mail: control character in the name of a county")
	}
	return s, nil
}

// newAsking is the letter that asks whether an address is hers. It is about no event.
func newAsking(f domain.LetterFacts) (*letter, error) {
	s, err := subscriptionOf(f)
	if err != nil {
		return nil, err
	}
	if s.Boards, err = boardsOf(f.Subscription); err != nil {
		return nil, err
	}
	from := f.Subscription.From
	l := &letter{
		Lang: f.Letter.Lang, Organiser: from.Short, Authority: from.Name, ReplyTo: from.Email, DPO: from.DPO, Link: s.Manage, Asked: s,
		Contact: contact(domain.Event{Owner: from}),
	}
	for _, line := range []string{l.Organiser, l.Authority, l.ReplyTo, l.DPO, l.Contact.Name + l.Contact.Phone + l.Contact.Email} {
		if hasControl(line) {
			return nil, errors.New("mail: control character in what is told of the county")
		}
	}
	return l, nil
}

// newInvitation is a letter to somebody who is registered nowhere: it comes from the county that she has asked.
func newInvitation(f domain.LetterFacts, p *i18n.Printer) (*letter, error) {
	s, err := subscriptionOf(f)
	if err != nil {
		return nil, err
	}
	f.Registration = domain.Registration{}
	l, err := newLetter(f, p, domain.CalendarNone)
	if err != nil {
		return nil, err
	}
	from := f.Subscription.From
	l.Name, l.Reference, l.ReceivedAt, l.Asked = "", "", "", s
	l.Organiser, l.Authority, l.DPO = from.Short, from.Name, from.DPO
	if hasControl(l.Organiser + l.Authority + l.DPO) {
		return nil, errors.New("mail: control character in what is told of the county")
	}
	return l, nil
}

// letterOf gathers what the templates of a letter need.
func (c *Composer) letterOf(f domain.LetterFacts, method domain.CalendarMethod) (*letter, error) {
	p := c.Catalogue.For(f.Letter.Lang)
	switch f.Letter.Kind {
	case domain.LetterSubscription:
		return newAsking(f)
	case domain.LetterInvitation:
		return newInvitation(f, p)
	default:
		return newLetter(f, p, method)
	}
}

// list is what makes a letter one of a kind that its reader can end with one press in her mail program (RFC
// 8058). Invitations have it and nothing else has: whoever is registered is told what she needs to know.
type list struct {
	id  string // of the list (RFC 2919), without its angle brackets
	end string // where the press is sent
}

// listOf is the zero list for every letter that is no invitation.
func (c *Composer) listOf(f domain.LetterFacts) list {
	if f.Letter.Kind != domain.LetterInvitation || f.Subscription == nil {
		return list{}
	}
	return list{id: "inbjudningar-" + strings.ToLower(string(f.Subscription.From.Code)) + "." + c.MailDomain, end: f.Subscription.End}
}

// longestEnd is what is left of a line for the address after the name of its field.
const longestEnd = maxLine - len("List-Unsubscribe: <>")

// fields writes the list's fields, each on one line: mail programs have been seen to read no further.
func (l list) fields(out []byte) ([]byte, error) {
	if l == (list{}) {
		return out, nil
	}
	if !isLink(l.end) || len(l.end) > longestEnd || !plainID.MatchString("list@"+l.id) {
		return nil, errors.New("mail: an invitation that cannot be ended")
	}
	for _, f := range [][2]string{
		{"List-Id", "<" + l.id + ">"}, {"List-Unsubscribe", "<" + l.end + ">"}, {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
	} {
		out = append(append(append(append(out, f[0]...), ": "...), f[1]...), "\r\n"...)
	}
	return out, nil
}

// names are the fields that are expected in the header.
func (l list) names() []string {
	if l == (list{}) {
		return nil
	}
	return []string{"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}
}
