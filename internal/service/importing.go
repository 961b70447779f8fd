package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Importing makes registrations of a table that someone has kept elsewhere: all of it, or nothing.
type Importing struct {
	Store         *store.Store
	Registrations *Registrations
	Now           func() time.Time
}

// Event is the event that people are imported to, with its questions; domain.ErrNotFound where the actor
// may not register others there.
func (s *Importing) Event(ctx context.Context, a domain.Actor, slug string) (domain.Event, error) {
	if err := a.Require(domain.PermRegisterOther); err != nil {
		return domain.Event{}, err
	}
	e, err := s.Registrations.Programme.Event(ctx, slug)
	if err == nil && !a.MayAt(domain.PermRegisterOther, e) {
		err = domain.NotFound("event.not_found")
	}
	return e, err
}

// Preview reads every row as the form would, and tells what would become of it: its faults, whether its
// person is met already, and what she would get. Nothing is changed. Errors: those of Event; *domain.Invalid
// for the field "mapping", see domain.ImportMapping.Check.
func (s *Importing) Preview(ctx context.Context, a domain.Actor, in domain.ImportInput) (domain.Import, error) {
	e, err := s.Event(ctx, a, in.EventSlug)
	if err != nil {
		return domain.Import{}, err
	}
	out, err := readImport(e, in)
	if err != nil {
		return domain.Import{}, err
	}
	for i := range out.Rows {
		r := &out.Rows[i]
		if len(r.Faults) == 0 && !r.Left() {
			if r.Twin, err = twinAt(ctx, s.Store.Queries, e.ID, r.Person); err != nil {
				return domain.Import{}, err
			}
		}
		if len(r.Faults) == 0 && !r.Left() {
			foresee(&out, &e, r, s.Now())
		}
		out.Count(*r)
	}
	return out, nil
}

// foresee is what a row would get after those before it.
func foresee(out *domain.Import, e *domain.Event, r *domain.ImportRow, now time.Time) {
	status, err := e.Admit(now)
	if err != nil {
		var refusal *domain.Error
		if out.Refusal == "" && errors.As(err, &refusal) {
			out.Refusal = refusal.Key
		}
		return
	}
	switch r.Status = status; status {
	case domain.Confirmed:
		e.Taken++
	case domain.Waitlisted:
		e.Waiting++
	default:
	}
}

// importEvent is the event as an import reads it. Who may come is for staff to say, and what the table
// does not hold is not asked.
func importEvent(e domain.Event, m domain.ImportMapping) domain.Event {
	e.Rules.AccessCode, e.Rules.EmailDomains, e.NoShowFee = "", nil, 0
	e.Questions = slices.Clone(e.Questions)
	for i := range e.Questions {
		q := &e.Questions[i]
		q.Required = q.Required && m.Has(domain.ImportField(q.Field()))
	}
	return e
}

// readImport reads the rows without looking at who is registered.
func readImport(e domain.Event, in domain.ImportInput) (domain.Import, error) {
	out := domain.Import{Event: e}
	if err := in.Mapping.Check(); err != nil {
		return out, err
	}
	rows := in.Table.Rows
	if in.Head && len(rows) > 0 {
		rows = rows[1:]
	}
	if len(rows) == 0 {
		return out, &domain.Error{Code: domain.CodeInvalid, Key: "import.file.empty", Field: "file"}
	}
	read := importEvent(e, in.Mapping)
	seen := make(map[string]bool)
	for _, row := range rows {
		r := domain.ImportRow{Line: row.Line, Typed: read.ImportEntry(row, in.Mapping, in.Defaults, in.Types)}
		r.Typed.EmailOptional = true
		app, err := read.ReadEntry(r.Typed)
		var faults *domain.Invalid
		switch {
		case errors.As(err, &faults):
			r.Faults = faults.Faults
		case err != nil:
			return out, err
		default:
			r.Person = app.Participant
			for _, key := range personKeys(r.Person) {
				if seen[key] {
					r.Twin = domain.TwinInFile
				}
				seen[key] = true
			}
		}
		out.Rows = append(out.Rows, r)
	}
	return out, nil
}

// personKeys are what makes two rows the same person's: the address, or where there is none the name and
// the organisation.
func personKeys(p domain.Participant) []string {
	if key := p.EmailKey(); key != "" {
		return []string{key}
	}
	return []string{p.SortKey() + "\x00" + domain.SearchKey(p.Organisation)}
}

// twinAt tells whether someone is registered at an event already.
func twinAt(ctx context.Context, q store.Queries, event domain.EventID, p domain.Participant) (domain.ImportTwin, error) {
	if p.Email != "" {
		_, err := q.LiveRegistration(ctx, event, p.EmailKey())
		if errors.Is(err, domain.ErrNotFound) {
			return "", nil
		}
		return domain.TwinAtEvent, err
	}
	named, err := q.LiveByName(ctx, event, p.SortKey())
	if err != nil {
		return "", err
	}
	for _, k := range named {
		if domain.SearchKey(k.Organisation) == domain.SearchKey(p.Organisation) {
			return domain.TwinAtEvent, nil
		}
	}
	return "", nil
}

// Run registers everyone that Preview would, in the order of the rows and in one transaction: places,
// histories, letters and the line in the audit log, or nothing of it. The same again, under the same key,
// changes nothing and answers the same. progress is told after each row; nil is allowed. Ending ctx undoes
// all.
//
// Errors: those of Preview; of class CodeInvalid "import.faulty" with Args "rows" while any row has a fault;
// of class CodeConflict "import.queue" with Args "queued" where more would queue than in.Queue allows; those
// of domain.Event.Admit where there is neither place nor queue for all.
func (s *Importing) Run(ctx context.Context, a domain.Actor, in domain.ImportInput, progress func(done, total int)) (domain.Import, error) {
	e, err := s.Event(ctx, a, in.EventSlug)
	if err != nil {
		return domain.Import{}, err
	}
	plan, err := readImport(e, in)
	if err != nil {
		return domain.Import{}, err
	}
	faulty := 0
	for _, r := range plan.Rows {
		if len(r.Faults) > 0 {
			faulty++
		}
	}
	if faulty > 0 {
		return domain.Import{}, &domain.Error{Code: domain.CodeInvalid, Key: "import.faulty", Args: map[string]any{"rows": faulty}}
	}
	if in.Channel == "" || in.Channel == domain.ChannelWeb || in.Channel == domain.ChannelClock {
		in.Channel = domain.ChannelImport
	}
	var out domain.Import
	write := *s.Registrations
	write.Withhold = write.Withhold || in.Withhold
	err = write.write(ctx, a, in.Channel, func(st step) (err error) {
		out, err = s.run(ctx, st, plan, in, progress)
		return err
	})
	if err != nil {
		return domain.Import{}, err
	}
	s.Registrations.clockSet()
	return out, nil
}

func (s *Importing) run(ctx context.Context, st step, plan domain.Import, in domain.ImportInput, progress func(done, total int)) (domain.Import, error) {
	out := domain.Import{Event: plan.Event, Rows: slices.Clone(plan.Rows)}
	fresh := 0
	for i := range out.Rows {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		isNew, err := st.importRow(ctx, plan.Event, in, &out.Rows[i])
		if err != nil {
			return out, err
		}
		if isNew {
			fresh++
		}
		out.Count(out.Rows[i])
		if progress != nil {
			progress(i+1, len(out.Rows))
		}
	}
	if fresh == 0 {
		return out, nil
	}
	if out.Queued > in.Queue {
		return out, &domain.Error{Code: domain.CodeConflict, Key: "import.queue", Args: map[string]any{"queued": out.Queued}}
	}
	e := plan.Event
	return out, st.tx.Audit(ctx, domain.AuditEntry{
		At: st.now, User: st.a.User, Actor: st.a.Name, County: e.Owner.Code, Action: domain.AuditImported, Object: "event",
		ObjectID: strconv.FormatInt(int64(e.ID), 10), Details: map[string]string{
			"rows": strconv.Itoa(len(out.Rows)), "confirmed": strconv.Itoa(out.Confirmed), "queued": strconv.Itoa(out.Queued),
			"pending": strconv.Itoa(out.Pending), "left_out": strconv.Itoa(out.Twins), "channel": string(in.Channel),
			"letters": map[bool]string{true: "withheld", false: "sent"}[in.Withhold], "columns": columnsOf(in.Mapping),
		},
	})
}

func columnsOf(m domain.ImportMapping) string {
	var out []string
	for _, f := range m {
		if f != domain.ImportNothing {
			out = append(out, string(f))
		}
	}
	return strings.Join(out, " ")
}

// importRow registers one row, unless it was by the same import before or its person is met.
func (st step) importRow(ctx context.Context, e domain.Event, in domain.ImportInput, r *domain.ImportRow) (isNew bool, err error) {
	uid := auth.UID(fmt.Sprintf("import %s %d", in.Key, r.Line))
	if earlier, err := st.tx.RegistrationByUID(ctx, uid); err == nil {
		r.ID, r.Twin = earlier.ID, ""
		r.Status, err = statusAtArrival(ctx, st.tx.Queries, earlier)
		return false, err
	} else if !errors.Is(err, domain.ErrNotFound) {
		return false, err
	}
	if r.Left() {
		return false, nil
	}
	if r.Twin, err = twinAt(ctx, st.tx.Queries, e.ID, r.Person); err != nil || r.Left() {
		return false, err
	}
	ar := arrival{event: &e, app: &domain.Application{Participant: r.Person}}
	ar.k = st.s.newKept(uid, &e, r.Person, in.Lang, in.Channel)
	if err := st.admit(ctx, &ar); err != nil {
		return false, err
	}
	r.ID, r.Status = ar.k.ID, ar.k.Status
	return true, nil
}
