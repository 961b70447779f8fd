package demo

import "github.com/temadag/temadag/internal/domain"

// The days of the conference that were announced. Its own day, house and number of places were
// not, and stay unsaid.
const (
	conferenceAnnounced = "2016-05-23"
	conferenceDeadline  = "2016-09-29"
)

func conference(c calendar) domain.Event {
	owner := organiserOf("AB")
	return domain.Event{
		Slug:  "nationell-konferens",
		Owner: owner,
		Kind:  domain.KindConference,
		State: domain.EventPublished,
		Title: text(
			`Nationell heldagskonferens om prostitution och människohandel, med fokus på efterfrågan`,
			`National full-day conference on prostitution and human trafficking, with a focus on demand`),
		Lead: text(
			`En dag som samlar regering, polis, forskning och samordning kring frågan om dem som köper. För dig som i ditt arbete möter prostitution och människohandel.`,
			`A day that brings government, police, research and coordination together on the question of those who buy. For people who meet prostitution and human trafficking in their work.`),
		Body:          conferenceBody(c),
		InvitedBy:     []string{owner.Short},
		Cost:          text("Kostnadsfritt. Antalet platser är begränsat.", "Free of charge. The number of places is limited."),
		PhotoNote:     photoNote(),
		Calendar:      text("Heldagskonferens", "Full-day conference"),
		Arrival:       domain.NoClock,
		Starts:        domain.NoClock,
		Ends:          domain.NoClock,
		Language:      domain.Swedish,
		OpensAt:       c.at(conferenceAnnounced, "09:00"),
		RegisterUntil: c.day(conferenceDeadline),
		AfterCancel:   domain.TransferOnly,
		Terms: domain.Terms{Version: 1, Text: text(
			`Anmälan är bindande: får du förhinder kan du överlåta platsen till en kollega.`,
			`Your registration is binding: if you cannot come, you may hand the place over to a colleague.`)},
		Binding:    true,
		Contact:    contact(owner, "08-465 004 60"),
		CaseNumber: caseNumber(c, conferenceAnnounced, 2318),
		Retention:  retention(c, conferenceAnnounced, 2318),
		UpdatedAt:  c.at(conferenceAnnounced, "09:00"),
		Speakers:   conferenceSpeakers(),
	}
}

func conferenceBody(c calendar) domain.Text {
	return fill(text(`Så länge någon är beredd att betala finns det någon som tjänar pengar på andras utsatthet. Konferensen ägnar en hel dag åt efterfrågan: vad som driver den, vad lagen kan göra och vad som återstår att pröva.

Sista dag att anmäla sig var {deadline}. Dag och lokal är inte klara. När de är bestämda står de här, och den som är anmäld får besked med e-post.

Du behöver inte vänta på konferensen för att lära dig mer. Länsstyrelserna i norr ordnar egna temadagar i samma ämne.`,
		`As long as someone is prepared to pay, someone makes money from the vulnerability of others. The conference gives a full day to demand: what drives it, what the law can do and what remains to be tried.

The last day to register was {deadline}. Day and venue are not settled. Once they are, they will be shown here, and everyone who is registered will be told by e-mail.

You do not have to wait for the conference to learn more. The county administrative boards in the north hold theme days of their own on the same subject.`),
		map[string]domain.Text{"deadline": c.long(conferenceDeadline)})
}

// conferenceSpeakers carries names and titles as they were announced.
func conferenceSpeakers() []domain.Speaker {
	return []domain.Speaker{
		{Name: "Åsa Regnér", Title: text(`Barn-, äldre- och jämställdhetsminister`, `Minister for Children, the Elderly and Gender Equality`)},
		{Name: "Per-Anders Sunesson", Title: text(`Sveriges ambassadör för arbetet mot människohandel`, `Sweden’s ambassador for the work against human trafficking`)},
		{Name: "Patrik Cederlöf", Title: text(`Nationell samordnare mot prostitution och människohandel`, `National coordinator against prostitution and human trafficking`)},
		{Name: "Simon Häggström", Title: text(`Kriminalinspektör, chef för Stockholmspolisens prostitutionsgrupp`, `Detective inspector, head of the Stockholm police prostitution unit`)},
		{Name: "Anna Lagerdal", Title: text(`Kriminalinspektör`, `Detective inspector`)},
		{Name: "Max Waltman", Title: text(`Fil.dr, gästforskare vid Harvard University`, `PhD, visiting scholar at Harvard University`)},
	}
}
