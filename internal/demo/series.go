package demo

import "github.com/temadag/temadag/internal/domain"

const (
	seriesSlug = "sex-mot-ersattning"
	announced  = "2016-09-28" // the day the theme days were announced, and registration opened
)

func themeDays(c calendar) domain.Series {
	s := domain.Series{
		Slug: seriesSlug,
		Title: text(
			`Temadagar om sex mot ersättning med fokus på efterfrågan`,
			`Theme days on sex in exchange for payment, with a focus on demand`),
		Kicker: text(`Temadagar i fyra län`, `Theme days in four counties`),
		Lead: text(
			`En heldag för dig som i ditt arbete möter människor som köper eller säljer sex. Vi talar om dem som betalar, om hur köpen kan förebyggas och om stöd till den som är utsatt. Samma innehåll i fyra städer: välj det tillfälle som passar dig bäst.`,
			`A full day for people who meet those who buy or sell sex in their work. We talk about those who pay, how the purchases can be prevented and what support there is for those affected. The same content in four towns: choose the event that suits you best.`),
		Body:      seriesBody(),
		Announced: c.day(announced),
	}
	questions := numbered{}
	for _, t := range towns() {
		s.Events = append(s.Events, themeDay(c, t, &questions))
	}
	return s
}

func seriesBody() domain.Text {
	return text(`## Varför efterfrågan?

Utan den som betalar finns ingen handel. Ändå handlar samtalet oftast om den som säljer och sällan om den som köper. Under de här dagarna vänder vi på perspektivet.

I en undersökning från 2014 svarade 7,5~procent av de svenska männen mellan 18 och 65~år att de någon gång hade betalat för sex. Knappt en procent hade gjort det under det senaste året. Den som möter män i sitt arbete möter alltså också män som har köpt sex, ofta utan att veta om det. En rak och lugn fråga kan bli början på en förändring.

## Det här får du med dig

- Kunskap om vilka som köper sex, vad köpen gör med andra och vad som kan få någon att sluta.
- Sätt att ställa frågan, och att orka ta emot svaret.
- En genomgång av lagen, sekretessen och när du ska göra en orosanmälan.
- Vägar till stöd för den som har erfarenhet av sex mot ersättning.
- Namn och ansikten på dem som arbetar med frågan i ditt län.

## Fyra städer, en anmälan

Du anmäler dig till ett av tillfällena. Länsstyrelsen i varje län tar hand om anmälningarna till sin stad och svarar på dina frågor. Blir det fullt där du tänkt dig kan du ställa dig i kö, eller välja en annan stad.`,
		`## Why demand?

Without someone who pays there is no trade. Even so, the conversation is mostly about the person who sells and seldom about the one who buys. During these days we turn the perspective around.

In a survey from 2014, 7.5~percent of Swedish men aged 18 to 65 said that they had at some time paid for sex. Just under one percent had done so in the past year. If you meet men in your work, you also meet men who have bought sex, often without knowing it. A straight and calm question can be the beginning of a change.

## What you will take home

- Knowledge about who buys sex, what the purchases do to others and what may make someone stop.
- Ways of asking the question, and of being able to take in the answer.
- A walk-through of the law, confidentiality and when to report a concern.
- Ways to support for people with experience of sex in exchange for payment.
- Names and faces of those who work with the issue in your county.

## Four towns, one registration

You sign up for one of the events. The county administrative board of each county looks after the registrations for its own town and answers your questions. If the town you had in mind is full, you can join the queue or choose another town.`)
}

// targetGroup is whom the theme days are for, as they were announced.
func targetGroup() []domain.Text {
	return []domain.Text{
		text("hälso- och sjukvård", "health care"),
		text("socialtjänst", "social services"),
		text("rättsväsende", "the justice system"),
		text("kvinno- och tjejjourer", "women’s and girls’ shelters"),
		text("skola", "schools"),
		text("elevhälsa", "student health services"),
		text("boenden för ensamkommande ungdomar", "residences for unaccompanied young people"),
	}
}

// invitedBy names the hosts of the theme days, the owner of the event first.
func invitedBy(owner domain.OrganiserCode) []string {
	names := []string{organiserOf(owner).Short}
	for _, code := range []domain.OrganiserCode{"BD", "AC", "Y", "Z"} {
		if code != owner {
			names = append(names, organiserOf(code).Short)
		}
	}
	return append(names, network)
}
