package mail_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// another gives f to someone else: the i-th of those that letters differ by.
func another(f domain.LetterFacts, i int) domain.LetterFacts {
	names := []string{"Eva", "", "D’Arcy", "Ánne-Sárá", "<b>Eva</b>", "Eva & Co", "Gun-Britt Margareta Elisabeth Charlotta L", "qxNAMExq", "O'Hara", "李小龍"}
	f.Registration.GivenName = names[i%len(names)]
	f.Registration.Ref = fmt.Sprintf("%09d", 271828182+i)
	f.Registration.ReceivedAt = f.Registration.ReceivedAt.AddDate(0, i%12, i)
	f.Link += fmt.Sprintf("%d", i)
	f.Letter.MessageID += fmt.Sprintf("x%d", i)
	f.Letter.QueuePosition += i / 6
	return f
}

// Letters cast in a mould are those that the templates give, byte for byte, whoever they go to.
func TestCompose_mouldsChangeNothing(t *testing.T) {
	t.Parallel()
	kept, fresh, cast := composer(t), composer(t), 0
	for _, l := range domain.Langs() {
		for _, k := range domain.LetterKinds() {
			for _, e := range []domain.Event{theEvent(), undecided()} {
				for i := range 8 {
					f := another(facts(k, l, e), i)
					want := compose(t, fresh.Unmoulded(), f)
					if got := compose(t, kept, f); !bytes.Equal(got, want) {
						t.Fatalf("%s %s: %s", l, k, parting(got, want))
					}
				}
				if cast += kept.MouldsReady(); cast == 0 {
					t.Errorf("%s %s is cast in no mould", l, k)
				}
				kept.Unmoulded()
			}
		}
	}
}

// The same for what staff have written, and for the links of automatic letters.
func TestCompose_mouldsOfMailings(t *testing.T) {
	t.Parallel()
	for _, kind := range []domain.AutomaticKind{"", domain.AutomaticReminder} {
		kept, fresh := composer(t), composer(t)
		kept.Written, fresh.Written = plainWritten{}, plainWritten{}
		for i := range 8 {
			f := another(facts(domain.LetterMailing, domain.Swedish, theEvent()), i)
			f.Mailing = &domain.Mailing{MailingEntry: domain.MailingEntry{
				Subject: domain.Text{Sv: "Inför dagen, {namn}"}, Body: domain.Text{Sv: "Hej {förnamn}! {länk} <b>&amp;</b>"},
			}}
			f.Mailing.Auto.Kind = kind
			if kind != "" {
				f.Coming, f.NotComing = f.Link+"/ja", f.Link+"/nej"
			}
			want := compose(t, fresh.Unmoulded(), f)
			if got := compose(t, kept, f); !bytes.Equal(got, want) {
				t.Fatalf("%q: %s", kind, parting(got, want))
			}
		}
		if kept.MouldsReady() == 0 {
			t.Errorf("%q is cast in no mould", kind)
		}
	}
}

// The twin: a mould that leaves out whose letter it is would be seen.
func TestCompose_mouldOfAnother(t *testing.T) {
	t.Parallel()
	c := composer(t)
	f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
	f.Letter.QueuePosition = 0
	for range 4 {
		compose(t, c, another(f, 10))
	}
	c.SpoilMoulds()
	if bytes.Equal(compose(t, c, another(f, 10)), compose(t, composer(t), another(f, 10))) {
		t.Error("a letter from a spoilt mould is not seen")
	}
}
