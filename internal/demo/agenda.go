package demo

import "github.com/temadag/temadag/internal/domain"

// agenda is how many minutes each item of a theme day lasts, in the order of themeDayItems.
type agenda [11]int

// programme is the day's items on the clock, and everyone who takes part in the order they appear.
func (t town) programme(day domain.Date) ([]domain.Session, []domain.Speaker) {
	var speakers []domain.Speaker
	seen := map[string]bool{}
	items := themeDayItems(t)
	at := clock(t.begins)
	for i := range items {
		items[i].Day = day
		items[i].Starts = at
		at += domain.Clock(t.minutes[i])
		items[i].Ends = at
		for _, s := range items[i].Speakers {
			if !seen[s.Name] {
				seen[s.Name] = true
				speakers = append(speakers, s)
			}
		}
	}
	if t.parallel {
		items = inGroups(items)
	}
	return items, speakers
}

// inGroups splits the conversations into three that are held at once, each with places of its own.
func inGroups(items []domain.Session) []domain.Session {
	const groupPlaces = 32
	at := len(items) - 2
	out := items[:at:at]
	for _, title := range []domain.Text{
		text("Samtal i grupp: unga som säljer sex", "Group conversation: young people who sell sex"),
		text("Samtal i grupp: män som köper sex", "Group conversation: men who buy sex"),
		text("Samtal i grupp: uppsökande arbete på nätet", "Group conversation: outreach online"),
	} {
		s := items[at]
		s.Title, s.Parallel, s.Capacity = title, "samtal", groupPlaces
		out = append(out, s)
	}
	return append(out, items[at+1:]...)
}

func themeDayItems(t town) []domain.Session {
	return []domain.Session{
		{Title: text("Inskrivning och kaffe", "Registration and coffee")},
		welcome(t),
		{
			Title: text("Vem köper, och varför?", "Who buys, and why?"),
			Abstract: text(
				`Vad forskningen vet om dem som betalar för sex: hur många de är, hur de beskriver sina köp och vad som skiljer den som slutar från den som fortsätter.`,
				`What research knows about those who pay for sex: how many they are, how they describe their purchases and what sets those who stop apart from those who go on.`),
			Speakers: []domain.Speaker{researcher()},
		},
		{Title: text("Paus", "Break")},
		{
			Title: text("Att fråga, och att orka lyssna", "Asking, and being able to listen"),
			Abstract: text(
				`Hur börjar man ett samtal om sexköp utan att döma och utan att släta över? Exempel från samtalsbehandling, och en övning två och två.`,
				`How do you begin a conversation about buying sex without judging and without smoothing things over? Examples from counselling, and an exercise in pairs.`),
			Speakers: []domain.Speaker{counsellor()},
		},
		{Title: text("Lunch", "Lunch")},
		{
			Title: text("Stöd som håller", "Support that lasts"),
			Abstract: text(
				`Vad den som har sålt sex behöver av vården, socialtjänsten och skolan, och vad som gör att någon vågar komma tillbaka.`,
				`What a person who has sold sex needs from health care, social services and school, and what makes someone dare to come back.`),
			Speakers: []domain.Speaker{supporter()},
		},
		{
			Title: text("Lagen i vardagen", "The law in everyday work"),
			Abstract: text(
				`Sexköpslagen, människohandel, sekretess och orosanmälan: vad gäller för just ditt yrke, och vem ringer du?`,
				`The law on the purchase of sexual services, human trafficking, confidentiality and reporting a concern: what applies to your profession, and whom do you call?`),
			Speakers: []domain.Speaker{officer()},
		},
		{Title: text("Kaffe", "Coffee")},
		groups(t),
		closing(t),
	}
}

func welcome(t town) domain.Session {
	return domain.Session{
		Title: text("Välkommen till "+t.name, "Welcome to "+t.name),
		Abstract: text(
			`Länsstyrelsen hälsar välkommen och berättar varför dagen handlar om efterfrågan.`,
			`The county administrative board welcomes you and explains why the day is about demand.`),
		Speakers: []domain.Speaker{t.host},
	}
}

func groups(t town) domain.Session {
	return domain.Session{
		Title: text("Samtal i grupper", "Conversations in groups"),
		Abstract: text(
			`Vi utgår från ett påhittat fall och går igenom vem som gör vad: den som får veta, den som utreder, den som ger stöd och den som möter köparen.`,
			`We start from an invented case and go through who does what: the one who finds out, the one who investigates, the one who gives support and the one who meets the buyer.`),
		Speakers: []domain.Speaker{t.host, supporter(), counsellor()},
	}
}

func closing(t town) domain.Session {
	region := organiserOf(t.owner).Region
	return domain.Session{
		Title: text("Vägen vidare i "+region, "The way forward in "+region),
		Abstract: text(
			`Vi samlar det vi har kommit fram till och bestämmer vad som ska hända härnäst.`,
			`We gather what we have arrived at and decide what happens next.`),
		Speakers: []domain.Speaker{t.host},
	}
}

// The people who take part in every theme day are made up, as are their workplaces.

func researcher() domain.Speaker {
	return speaker("Karin Provlund", "forskare i socialt arbete", "researcher in social work",
		"Exempeluniversitetet", "Example University")
}

func counsellor() domain.Speaker {
	return speaker("Jonas Mallberg", "samtalsterapeut för män som köper sex", "counsellor for men who buy sex",
		"Exempelmottagningen", "Example Counselling Service")
}

func supporter() domain.Speaker {
	return speaker("Leyla Mönster", "kurator", "counsellor",
		"Stödcentrum Exempel", "Example Support Centre")
}

func officer() domain.Speaker {
	return speaker("Anders Typfors", "kriminalinspektör", "detective inspector",
		"Polisen i Exempelregionen", "Example Region Police")
}

func speaker(name, titleSv, titleEn, organisationSv, organisationEn string) domain.Speaker {
	return domain.Speaker{
		Name:         name,
		Title:        text(titleSv, titleEn),
		Organisation: text(organisationSv, organisationEn),
	}
}
