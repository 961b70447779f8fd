package service

import (
	"context"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Recipients are all whom a mailing would go to now, and those who would be chosen and get none, with the
// reason; protected people are masked. After approval they are those who were frozen. Refusal: CodeConflict
// "mailing.too_many" with Args "max".
func (s *Mailings) Recipients(ctx context.Context, a domain.Actor, uid string) ([]domain.Recipient, error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil {
		return nil, err
	}
	return s.recipients(ctx, s.Store.Queries, a, m)
}

func (s *Mailings) recipients(ctx context.Context, q store.Queries, a domain.Actor, m domain.Mailing) ([]domain.Recipient, error) {
	if m.Kind == domain.MailingInvitation {
		return s.invited(ctx, q, a, m)
	}
	r, err := reachOf(ctx, q, a, domain.PermReadMail, m.Audience.Scope)
	if err == nil {
		r, err = within(ctx, q, r, m)
	}
	if err != nil {
		return nil, err
	}
	search := r.search(domain.PeopleQuery{Filter: m.Audience.Filter, Sort: domain.SortByArrival})
	search.Clear = r.ids() // she is chosen as everyone is, and shown masked
	ids, err := q.FindIDs(ctx, search, mostRecipients+1)
	if err != nil {
		return nil, err
	}
	ids = among(ids, m.Audience.Chosen)
	if len(ids) > mostRecipients {
		return nil, tooMany()
	}
	people, err := q.People(ctx, ids)
	if err != nil {
		return nil, err
	}
	named, seen, hashes := r.named(), make(map[string]bool), make([][]byte, len(people))
	out := make([]domain.Recipient, len(people))
	for i, p := range people {
		out[i].Event = named[p.EventID]
		out[i].Registration = p
		if p.Protected {
			out[i].Registration, out[i].Hidden = p.Masked(), true
		}
		out[i].Registration.Lang = p.Lang
		key := domain.EmailKey(p.Email)
		switch {
		case key == "":
			out[i].Refusal = "mailing.refusal.no_address"
		case seen[key]:
			out[i].Refusal = "mailing.refusal.same_address"
		default:
			hashes[i] = s.Registrations.Keys.AddressHash(key)
		}
		seen[key] = true
	}
	return out, s.suppressed(ctx, q, m.County, m.Kind, out, hashes)
}

// suppressed marks those whose address no mailing goes to. hashes are the addresses', nil where there is
// something else against them already.
func (s *Mailings) suppressed(ctx context.Context, q store.Queries, c domain.OrganiserCode, kind domain.MailingKind, all []domain.Recipient, hashes [][]byte) error {
	known := make([][]byte, 0, len(hashes))
	for _, h := range hashes {
		if h != nil {
			known = append(known, h)
		}
	}
	why, err := q.Suppressed(ctx, c, known...)
	for i, h := range hashes {
		if reason := why[string(h)]; h != nil && reason.Against(kind) {
			all[i].Refusal = "mailing.refusal." + string(reason)
		}
	}
	return err
}

// among are those of ids that were chosen; all of them where nobody was.
func among(ids, chosen []domain.RegistrationID) []domain.RegistrationID {
	if len(chosen) == 0 {
		return ids
	}
	is := make(map[domain.RegistrationID]bool, len(chosen))
	for _, id := range chosen {
		is[id] = true
	}
	out := ids[:0]
	for _, id := range ids {
		if is[id] {
			out = append(out, id)
		}
	}
	return out
}

func goesTo(all []domain.Recipient) []store.MailingRecipient {
	var out []store.MailingRecipient
	for _, r := range all {
		if r.Refusal == "" {
			out = append(out, store.MailingRecipient{ID: r.ID, Status: r.Status})
		}
	}
	return out
}

// readEnglish is how many of those who get it have asked for English.
func readEnglish(all []domain.Recipient) (n int) {
	for _, r := range all {
		if r.Refusal == "" && r.Lang == domain.English {
			n++
		}
	}
	return n
}

// Look is a mailing as one of its recipients would get it: the whole message. domain.ErrNotFound for who is none of them.
func (s *Mailings) Look(ctx context.Context, a domain.Actor, uid string, id domain.RegistrationID) ([]byte, error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil {
		return nil, err
	}
	all, err := s.recipients(ctx, s.Store.Queries, a, m)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.ID == id && r.Refusal == "" {
			if m.Kind == domain.MailingInvitation {
				return s.lookInvited(ctx, m, r.Lang)
			}
			return s.compose(ctx, m, r)
		}
	}
	return nil, domain.NotFound("registration.not_found")
}

// compose writes the letter that r would get now. Protected people are not looked at: the letter has her
// name in it.
func (s *Mailings) compose(ctx context.Context, m domain.Mailing, r domain.Recipient) ([]byte, error) {
	if r.Hidden {
		return nil, domain.NotFound("registration.not_found")
	}
	k, err := s.Store.RegistrationByID(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	l := domain.Letter{
		Kind: domain.LetterMailing, RegistrationID: r.ID, EventID: k.EventID, To: k.Email, Lang: m.Audience.Lang(k.Lang), Status: k.Status,
		Date: s.Now(), Mailing: m.ID, MessageID: "utkast",
	}
	f, err := s.Outbox.facts(ctx, l)
	if err != nil {
		return nil, err
	}
	f.Link = s.Outbox.OwnLink(l.Lang, "exempel") // whoever looks is not her
	return s.Outbox.Composer.Compose(f)
}

// Ready tells what keeps a mailing from being sent to those it would go to, as *domain.Invalid with the line
// of each fault, or nil.
func (s *Mailings) Ready(ctx context.Context, a domain.Actor, uid string) error {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil {
		return err
	}
	all, err := s.recipients(ctx, s.Store.Queries, a, m)
	if err != nil {
		return err
	}
	return s.ready(ctx, s.Store.Queries, m, all)
}

func (s *Mailings) ready(ctx context.Context, q store.Queries, m domain.Mailing, all []domain.Recipient) error {
	if err := m.Ready(readEnglish(all) > 0); err != nil {
		return err
	}
	v := &domain.Invalid{}
	events := make(map[domain.EventID]domain.Event)
	to, err := s.whole(ctx, q, all)
	if err != nil {
		return err
	}
	for _, r := range to {
		if _, ok := events[r.EventID]; !ok {
			e, err := q.EventFacts(ctx, r.EventID)
			if err != nil {
				return err
			}
			events[r.EventID] = e
		}
	}
	m.Missing(v, to, events)
	return v.Err()
}
