package site

import (
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// ownHeading says where the registration stands: what became of the event goes before what the
// registration was.
func ownHeading(v ownVisit, now time.Time) string {
	status := v.status()
	switch {
	case status.Live() && v.Event.State == domain.EventCancelled:
		return v.p.T("own.heading.event_cancelled")
	case status.Live() && v.Event.Availability(now) == domain.AvailableHeld:
		return v.p.T("own.heading.event_held")
	case v.OwnRegistration.MovedTo != nil:
		return v.p.T("own.heading.moved", "town", townOrTitle(v.lang(), v.OwnRegistration.MovedTo.Event))
	case status == domain.Cancelled && endedBy(v) == domain.HistoryLeft:
		if tookBack(v.History) {
			return v.p.T("own.heading.taken_back")
		}
		return v.p.T("own.heading.left")
	case status == domain.Waitlisted && v.Options.Claim:
		return v.p.T("own.heading.race")
	}
	return v.p.T("own.heading." + string(status))
}

// ownNow is what holds now and what comes next, in sentences.
func (s *Site) ownNow(v ownVisit) []string {
	held := v.Event.Availability(s.now()) == domain.AvailableHeld || v.Event.State == domain.EventCancelled
	switch status := v.status(); {
	case !status.Live():
		return endedLines(v)
	case held:
		return []string{v.p.T("own.was." + string(status))}
	case status == domain.Confirmed:
		return s.confirmedLines(v)
	case status == domain.Offered && !v.Options.Answer:
		return []string{v.p.T("own.now.offer_over")}
	case status == domain.Pending:
		return []string{v.p.T("own.now.pending"), v.p.T("own.now.pending_next")}
	}
	return nil // the offer and the place in the queue tell it themselves
}

// confirmedLines say until when the place can be given back, and what can be done then.
func (s *Site) confirmedLines(v ownVisit) []string {
	o, lines := v.Options, []string{v.p.T("own.now.confirmed")}
	if !v.Registration.Named() {
		lines = []string{v.p.T("own.now.unnamed")}
	}
	if !v.Registration.Coming.IsZero() {
		lines = append(lines, v.p.T("own.now.coming"))
	}
	switch {
	case v.Asked:
		lines = append(lines, v.p.T("own.now.asked"))
	case o.Cancel && v.Event.CancelUntil.Before(o.CancelUntil):
		lines = append(lines, v.p.T("own.now.cancel_longer", "day", o.CancelUntil))
	case o.Cancel:
		lines = append(lines, v.p.T("own.now.cancel_until", "day", o.CancelUntil))
	case o.HandOver || o.Ask:
		key := "own.now.cancel_passed"
		if o.CancelUntil.IsZero() {
			key = "own.now.cancel_never"
		}
		lines = append(lines, v.p.T(key, "day", o.CancelUntil)+" "+v.p.T("own.now.instead."+instead(o)))
	}
	return lines
}

// instead is what can be done where the place can no longer be given back.
func instead(o domain.Options) string {
	switch {
	case o.HandOver && o.Ask:
		return "both"
	case o.Ask:
		return "ask"
	}
	return "hand_over"
}

// endedLines say how the registration ended, as the last line of its history that ended it has it,
// and what it means.
func endedLines(v ownVisit) []string {
	key, args := "own.ended."+string(v.status()), map[string]any{"town": townOrTitle(v.lang(), v.Event)}
	if h := endOf(v.History); h != nil {
		args["at"] = h.At
		if h.Kind == domain.HistoryExpired && !h.Details.Until.IsZero() { // noticed a moment later
			args["at"] = h.Details.Until
		}
		kind := string(h.Kind)
		if h.Kind == domain.HistoryLeft && tookBack(v.History) {
			kind = "taken_back"
		}
		if k := "own.ended." + string(v.status()) + "." + kind; v.p.Has(k) {
			key = k
		}
	} else {
		args["at"] = v.Registration.ReceivedAt
	}
	if v.OwnRegistration.MovedTo != nil {
		key, args["to"] = "own.ended.moved", townOrTitle(v.lang(), v.OwnRegistration.MovedTo.Event)
	}
	return []string{v.p.T(key, args)}
}

// endedBy is the kind of the step that ended the registration, or "".
func endedBy(v ownVisit) domain.HistoryKind {
	if h := endOf(v.History); h != nil {
		return h.Kind
	}
	return ""
}

// tookBack reports whether someone who left had an application that was still unanswered.
func tookBack(history []domain.HistoryEntry) bool {
	applied := false
	for _, h := range history {
		switch h.Kind {
		case domain.HistoryApplied:
			applied = true
		case domain.HistoryApproved, domain.HistoryApprovedQueue:
			applied = false
		}
	}
	return applied
}

// endOf is the step that ended a registration, or nil.
func endOf(history []domain.HistoryEntry) *domain.HistoryEntry {
	for i := len(history) - 1; i >= 0; i-- {
		switch history[i].Kind {
		case domain.HistoryCancelled, domain.HistoryLeft, domain.HistoryRefused, domain.HistoryExpired, domain.HistoryWithdrawn,
			domain.HistoryDeclined, domain.HistoryHandedOver, domain.HistoryMovedFrom, domain.HistoryMoveLapsed,
			domain.HistoryNameReturned, domain.HistoryEventCancelled:
			return &history[i]
		}
	}
	return nil
}

// endReason is what the organiser wrote who ended the registration.
func endReason(history []domain.HistoryEntry, status domain.RegistrationStatus) string {
	if h := endOf(history); h != nil && (status == domain.Withdrawn || status == domain.Declined) {
		return h.Details.Reason
	}
	return ""
}

// termsHeading says whose terms they are: who took a place over was never asked to accept them.
func termsHeading(v ownVisit) string {
	for _, h := range v.History {
		if h.Kind == domain.HistoryReceived {
			return v.p.T("own.terms_received")
		}
	}
	return v.p.T("own.terms")
}

// queuePlace is where she stands in the queue, and why no offer has come.
type queuePlace struct {
	Place string // "Du är nummer 4 i kön."
	Ahead string // "3 personer står före dig."
	Pair  string // two wait for two places; "" for one alone
	Why   string
	Next  string // what happens when a place comes
}

// newQueuePlace is nil for those who do not wait, and where no more places are handed out.
func newQueuePlace(v ownVisit, now time.Time) *queuePlace {
	if v.status() != domain.Waitlisted || !v.Options.Leave || v.Registration.QueuePosition < 1 {
		return nil
	}
	p, r := v.p, v.Registration
	q := &queuePlace{
		Place: p.T("own.queue", "place", r.QueuePosition), Ahead: p.T("own.queue_first"), Next: offersLine(p, v.Event),
	}
	if r.QueuePosition > 1 {
		q.Ahead = p.T("own.queue_ahead", "count", r.QueuePosition-1)
	}
	if r.Together {
		q.Pair = p.T("own.queue_pair")
	}
	if v.Why != "" && !v.Options.Claim {
		q.Why = p.T("wait."+string(v.Why), "count", v.Offers)
	}
	if v.Event.Racing(now) || v.OwnRegistration.Keeps != nil { // no offer is made then
		q.Next = ""
	}
	return q
}

// way is one thing she can do, with a page of its own.
type way struct {
	URL   string
	Label string
	Hint  string
}

// ways are the things she can do now: exactly what her options allow.
func (s *Site) ways(v ownVisit) []way {
	o, p := v.Options, v.p
	var ways []way
	add := func(may bool, route, label, hint string) {
		if may {
			ways = append(ways, way{URL: s.paths.For(v.lang(), route, v.token), Label: p.T("own.way." + label), Hint: strings.TrimSpace(hint)})
		}
	}
	until := func(key string, day domain.Date) string {
		if day.IsZero() {
			return ""
		}
		return p.T("own.way."+key, "day", day)
	}
	kind := kindOf(v.status())
	add(o.Cancel || o.Leave, "own_cancel", "cancel_"+kind, until("until", o.CancelUntil))
	add(o.HandOver, "own_hand_over", "hand_over", p.T("own.way.hand_over_hint"))
	add(o.Move, "own_move", "move", until("until", o.CancelUntil))
	add(o.Change, "own_change", "change", until("until", v.Event.Rules.ChangeUntil))
	add(mayTellNeeds(v, s.now()), "own_needs", needsWay(v), until("needs_by", v.Event.NeedsBy()))
	add(o.Ask && !v.Asked, "own_cancel", "ask", p.T("own.way.ask_hint"))
	return ways
}

// needsWay is the name of the way to her needs: to tell them, or to change what she has told.
func needsWay(v ownVisit) string {
	if !v.OwnRegistration.Needs.Empty() {
		return "needs_told"
	}
	return "needs_" + needsAsked(v.Event)
}

// mayTellNeeds reports whether needs can be told or changed now; they can be erased at any time.
func mayTellNeeds(v ownVisit, now time.Time) bool {
	return v.Event.AsksNeeds() && v.Event.MayTellNeeds(v.Registration, now) == nil
}

// late reports whether what she told of needs came after the day for it.
func late(v ownVisit) bool {
	for i := len(v.History) - 1; i >= 0; i-- {
		switch v.History[i].Kind {
		case domain.HistoryNeeds, domain.HistoryRegistered, domain.HistoryWaitlisted, domain.HistoryApplied, domain.HistoryReceived:
			return v.Event.NeedsLate(v.History[i].At)
		}
	}
	return false
}

// whyNot says why the registration cannot be given up now.
func whyNot(v ownVisit, now time.Time) string {
	if v.status() == domain.Offered {
		return v.p.T("own.why.offered")
	}
	return v.sentence(v.Event.MayCancel(v.Registration, now))
}

// whyNotHandOver says why the place cannot be handed over now.
func whyNotHandOver(v ownVisit, now time.Time) string {
	return v.sentence(v.Event.MayHandOver(v.Registration, domain.Participant{}, now))
}

// whyNotMove says why the place cannot be moved now.
func whyNotMove(v ownVisit) string {
	if v.status() == domain.Confirmed {
		return v.sentence(&domain.Error{Code: domain.CodeClosed, Key: "move.too_late"})
	}
	return v.sentence(&domain.Error{Code: domain.CodeClosed, Key: "hand_over.no_place"})
}

// mailDomain is what stands after the @ of an address.
func mailDomain(email string) string {
	_, host, _ := strings.Cut(email, "@")
	return strings.ToLower(host)
}
