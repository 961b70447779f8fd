package domain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// pasted reads a text on a day before all of its days.
func pasted(text string) domain.Invitation {
	return domain.ParseInvitation(text, domain.Date{Year: 2026, Month: 11, Day: 23})
}

// Those who take part in a row are read with their titles and workplaces, and stand once.
func TestInvitation_peopleOfRows(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"10.15 Inledning – Anna Berg, länsråd":                                                   "Inledning | Anna Berg, länsråd",
		"09.15–10.30 Barnets rätt till skydd. Lena Holmström, barnrättsjurist, Barnombudsmannen": "Barnets rätt till skydd | Lena Holmström, barnrättsjurist, Barnombudsmannen",
		"10.15 Samverkan. Sara Lindqvist, socionom, Barnahus, och Ali Rahimi, jurist, Polisen":   "Samverkan | Sara Lindqvist, socionom, Barnahus | Ali Rahimi, jurist, Polisen",
		"10.15 Barnets rätt till skydd. Ta med lagboken":                                         "Barnets rätt till skydd",
		"10.15 Lunch, smörgås och kaffe":                                                         "Lunch, smörgås och kaffe",
	} {
		inv := pasted("Temadag i Luleå\n1 december 2026\n\nProgram\n09.00 Inledning\n" + line + "\n16.00 Avslutning\n")
		if len(inv.Programme) != 3 {
			t.Fatalf("%s: %d rows", line, len(inv.Programme))
		}
		s := inv.Session(1)
		got := s.Title.Sv
		for _, who := range s.Speakers {
			got += " | " + who.Name + ", " + who.Title.Sv
			if who.Organisation.Sv != "" {
				got += ", " + who.Organisation.Sv
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// An hour of the programme is never sure as the beginning, and is none where the day's own row has hours.
func TestInvitation_hoursOfRows(t *testing.T) {
	t.Parallel()
	const programme = "\n\nkl 10 | MI-andan\nkl 12 | Lunch\nkl 15 | Avslutning\n"
	for row, want := range map[string]domain.Clock{
		"to 4 feb Sollefteå Hullsta gård 9-16":           9 * 60,
		"tors 4/2 Sollefteå, Hullsta gård, 9–16":         9 * 60,
		"to 4 feb Sollefteå Hullsta gård":                10 * 60,
		"to 4 feb Sollefteå Hullsta gård Storgatan 9-11": 10 * 60,
	} {
		o := pasted("Kurs i MI för alla som möter våldsutsatta\n\n" + row + programme).Occasions
		if len(o) != 1 || o[0].Starts.Value != want || o[0].Starts.Confidence == domain.Sure {
			t.Errorf("%s: %+v", row, o)
			continue
		}
		if o[0].Day.Doubt != domain.DoubtYear || o[0].Day.Value.String() != "2027-02-04" || o[0].Town.Value != "Sollefteå" {
			t.Errorf("%s: day %+v, town %+v", row, o[0].Day, o[0].Town)
		}
	}
}

// Of a line that was understood only the rest is told as unread, and of one that was not all of it.
func TestInvitation_unreadRests(t *testing.T) {
	t.Parallel()
	unread := pasted("Temadag om våld\n\nNär: Onsdag 14 april 2027 kl. 9–16\nPlats: Folkets Hus, Esplanaden 8, 852 36 Sundsvall, in från gården\n\nTa cykeln\n").Unread
	if !slices.Equal(unread, []string{"in från gården", "Ta cykeln"}) {
		t.Errorf("unread: %q", strings.Join(unread, " | "))
	}
}

// The registration binds, and asks about food and access, where the text gives reason to and it was approved.
func TestInvitation_asks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Anmälan är bindande.":                              "binding sure",
		"Anmälan är inte bindande.":                         "",
		"Avanmälan senare än 7 april debiteras med 500 kr.": "binding unsure",
		"Lunch och fika ingår.":                             "food unsure",
		"Berätta om specialkost när du anmäler dig.":        "food unsure",
		"Säg till om du behöver teckenspråkstolk.":          "access unsure",
		"Vi kommer att fotografera under dagen. Säg till om du inte vill vara med på en bild.": "photo_note likely",
		"Fotografen Anna Berg berättar om sina bilder.":                                        "",
		"Vi ses på lunchen.": "",
	} {
		inv := pasted("Temadag om våld mot barn\n\nDagen hålls i Luleå onsdag 14 april 2027 för alla som vill lära sig mer.\n\n" + text + "\n")
		got, approved := "", map[string]string{}
		for _, p := range inv.Proposals() {
			if slices.Contains([]string{"binding", "food", "access", "photo_note"}, p.Key) {
				got, approved[p.Key] = strings.TrimSpace(got+" "+p.Key+" "+string(p.Confidence)), p.Value
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		in := inv.Fill(domain.EventEntry{Binding: true}, 0, approved)
		has := map[string]bool{"binding": in.Binding, "food": in.Rules.Food, "access": in.Rules.Access, "photo_note": in.PhotoNote.Sv != ""}
		for key, on := range has {
			if on != strings.HasPrefix(want, key+" ") {
				t.Errorf("%s: %s is %t", text, key, on)
			}
		}
		if strings.Contains(inv.Body, "fotografera") {
			t.Errorf("the note on photographs stands in the text too: %q", inv.Body)
		}
	}
}

// Each town has its own hours, a figure of an hour is no day, and a number without a name is asked last.
func TestInvitation_ownHours(t *testing.T) {
	t.Parallel()
	inv := pasted("Kurs i MI – grund + uppföljning\n\nNär: 2 februari 2027 i Sundsvall kl. 9–16 och 4 februari 2027 i Sollefteå kl. 9.30–15\n\n" +
		"Målgrupp: dig som i ditt arbete möter barn: socialtjänst, skola och polis.\n\nHotellets växel har telefon 060-11 22 33\n\n" +
		"Med vänliga hälsningar\nKarin Ekstrand\n060-12 34 56\n")
	if len(inv.Occasions) != 2 || inv.Title.Value != "Kurs i MI – grund + uppföljning" {
		t.Fatalf("%d occasions of %q", len(inv.Occasions), inv.Title.Value)
	}
	for n, want := range []string{"2027-02-02 Sundsvall 09:00 16:00 kl. 9–16", "2027-02-04 Sollefteå 09:30 15:00 kl. 9.30–15"} {
		o := inv.Occasions[n]
		got := strings.Join([]string{o.Day.Value.String(), o.Town.Value, o.Starts.Value.String(), o.Ends.Value.String(), o.Ends.Source}, " ")
		if got != want || o.Contact.Value.Name != "Karin Ekstrand" {
			t.Errorf("%s, ask %+v; want %s", got, o.Contact.Value, want)
		}
	}
	if len(inv.TargetGroup) != 3 || inv.TargetGroup[0].Value != "socialtjänst" {
		t.Errorf("for %+v", inv.TargetGroup)
	}
}

// The subject of an e-mail is the title, also where a tab stands after the label or a label of sending on.
func TestInvitation_subjects(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"Ämne: ", "Ämne:\t", "Ämne: VB: Inbjudan: ", "Subject:\tFw: "} {
		got := pasted("Från:\tKarin\n" + head + "Kurs i MI – grund + uppföljning\n\nHej!\nVi bjuder in dig som vill lära dig mer.\n").Title
		if got.Value != "Kurs i MI – grund + uppföljning" {
			t.Errorf("%q: %+v", head, got)
		}
	}
}
