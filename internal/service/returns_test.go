package service_test

import (
	"context"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// paths is the envelope sender of each letter, by recipient.
type paths struct {
	*relay
	from map[string]string
}

func (p *paths) Send(ctx context.Context, from, to string, raw []byte) error {
	p.mu.Lock()
	p.from[to] = from
	p.mu.Unlock()
	return p.relay.Send(ctx, from, to, raw)
}

func TestReturned(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 3, nil)
	p := &paths{relay: d.r, from: map[string]string{}}
	d.o.Sender, d.o.Returns = p, "studs@temadag.example.se"
	d.approve(d.begin(practical()), 3)
	d.run()
	marked := p.from["person1@example.se"]
	if !strings.HasPrefix(marked, "studs+") || marked == p.from["person2@example.se"] {
		t.Fatalf("the return path is %s", marked)
	}
	gone := domain.Returned{To: []string{"annan@example.se", strings.ToUpper(marked)}, Kind: domain.ReturnFailed, Status: "5.1.1"}
	for i := range 2 {
		if known, err := d.o.Returned(t.Context(), domain.Worker(), gone); err != nil || !known {
			t.Fatalf("time %d: %v %v", i, known, err)
		}
	}
	for _, forged := range []string{
		"studs@temadag.example.se", "studs+1.aaaaaaaaaaaaaaaaaaaaaaaa@temadag.example.se", "annat" + marked[5:],
		strings.Replace(p.from["person2@example.se"], "temadag.", "ont.", 1), "",
	} {
		r := domain.Returned{To: []string{forged}, Kind: domain.ReturnFailed, Status: "5.1.1"}
		if known, err := d.o.Returned(t.Context(), domain.Worker(), r); err != nil || known {
			t.Errorf("%q: %v %v", forged, known, err)
		}
	}
	// The next mailing leaves her out and says so; a full mailbox and an automatic reply leave nobody out.
	for _, r := range []domain.Returned{
		{To: []string{p.from["person2@example.se"]}, Kind: domain.ReturnFailed, Status: "5.2.2"},
		{To: []string{p.from["person3@example.se"]}, Kind: domain.ReturnReply},
	} {
		if known, err := d.o.Returned(t.Context(), domain.Worker(), r); err != nil || !known {
			t.Errorf("%v %v", known, err)
		}
	}
	uid := d.begin(practical())
	all, err := d.s.Recipients(t.Context(), d.a, uid)
	if err != nil || len(all) != 3 || all[0].Refusal != "mailing.refusal.unreachable" || all[1].Refusal+all[2].Refusal != "" {
		t.Fatalf("%+v %v", all, err)
	}
	if _, err := d.s.Approve(t.Context(), d.a, uid, service.Approval{Seen: 1, Expected: 2}); err != nil {
		t.Error(err)
	}
}
