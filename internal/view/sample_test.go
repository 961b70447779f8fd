package view_test

import "github.com/temadag/temadag/internal/domain"

func sampleOrganisers() []domain.Organiser {
	return []domain.Organiser{
		{
			Code: "BD", Slug: "norrbotten", County: "Norrbottens län", Name: "Länsstyrelsen i Norrbottens län",
			Short: "Länsstyrelsen Norrbotten", Region: "Norrbotten", Town: "Luleå", Phone: "010-225 50 00",
			Email: "norrbotten@example.se", DPO: "dataskydd.norrbotten@example.se", OrgNumber: "202100-2478",
			Minority:   domain.Text{Sv: "Du kan kontakta oss på finska, meänkieli och samiska.", En: "You can contact us in Finnish, Meänkieli and Sámi."},
			LegalBasis: domain.Text{Sv: "Uppgift av allmänt intresse (artikel 6.1 e i dataskyddsförordningen)."},
		},
		{
			Code: "Y", Slug: "vasternorrland", County: "Västernorrlands län", Name: "Länsstyrelsen i Västernorrlands län",
			Short: "Länsstyrelsen Västernorrland", Region: "Västernorrland", Town: "Härnösand", Phone: "0611-34 90 00",
			Email: "vasternorrland@example.se", DPO: "dataskydd.vasternorrland@example.se", OrgNumber: "202100-2445",
		},
	}
}

func sampleEvent() domain.Event {
	text := func(sv, en string) domain.Text { return domain.Text{Sv: sv, En: en} }
	anna := domain.Speaker{Name: "Anna Åkerström", Title: text("utredare", ""), Organisation: text("Jämställdhetsmyndigheten", "")}
	bo := domain.Speaker{Name: "Bo D’Arcy-Öberg", Title: text("kriminalkommissarie", "Detective Superintendent"), Organisation: text("Polismyndigheten, region Nord", "")}
	return domain.Event{
		Slug: "lulea", Owner: sampleOrganisers()[0], Kind: domain.KindThemeDay, State: domain.EventPublished,
		Title: text("Sex mot ersättning – med fokus på efterfrågan", ""),
		Lead:  text("En heldag för dig som möter frågan i ditt arbete.", "A full day for you who meet the question in your work."),
		Body: text("Under dagen får du veta hur **efterfrågan** ser ut i dag och vad som minskar den. Vi pratar om ansvar, bemötande och samverkan.\n\n"+
			"## Det här tar du med dig\n\n- ny kunskap om vilka som köper\n- metoder som du kan använda direkt\n- kontakter i ditt eget län\n\nDagen är en del av länsstyrelsernas uppdrag mot prostitution och människohandel.", ""),
		TargetGroup: []domain.Text{text("Socialtjänst", ""), text("Hälso- och sjukvård", ""), text("Polis och åklagare", ""), text("Elevhälsa", ""), text("Kvinno- och tjejjourer", ""), text("HVB och andra boenden för unga", "")},
		Day:         domain.Date{Year: 2016, Month: 12, Day: 1}, LastDay: domain.Date{Year: 2016, Month: 12, Day: 1},
		Starts: 9 * 60, Ends: 16 * 60, Arrival: 8*60 + 30, Town: "Luleå",
		Venue: domain.Venue{Name: "Clarion Sense", Address: "Skeppsbrogatan 34", PostalCode: "97231", Town: "Luleå", Access: domain.Access{
			StepFree: domain.Yes, Lift: domain.Yes, HearingLoop: domain.Yes, AccessibleToilet: domain.Yes, ScentFree: domain.Yes, QuietRoom: domain.No,
			Parking: text("Två platser för rörelsehindrade på Skeppsbrogatan.", ""), DropOff: text("Färdtjänst stannar vid huvudentrén.", ""),
		}},
		Capacity: 80, Taken: 48, RegisterUntil: domain.Date{Year: 2016, Month: 11, Day: 17}, CancelUntil: domain.Date{Year: 2016, Month: 11, Day: 17}, Binding: true,
		Terms:   domain.Terms{Text: text("Anmälan är bindande. Får du förhinder kan du avboka till och med 17 november. Därefter kan du lämna över platsen till en kollega. Dagen är kostnadsfri.", "")},
		Contact: domain.Contact{Name: "Eva Exempel", Phone: "010-225 50 00", Email: "eva@example.se"},
		Programme: []domain.Session{
			{Starts: 9 * 60, Ends: 9*60 + 15, Title: text("Välkommen", "Welcome")},
			{Starts: 9*60 + 15, Ends: 10*60 + 30, Title: text("Vilka köper sex, och varför?", ""), Abstract: text("Om mäns efterfrågan, drivkrafter och försvar.", ""), Speakers: []domain.Speaker{anna}},
			{Starts: 11 * 60, Ends: 12 * 60, Title: text("Polisens arbete mot köparna", ""), Speakers: []domain.Speaker{bo, anna}},
			{Starts: 12 * 60, Ends: 13 * 60, Title: text("Lunch", "Lunch")},
			{Starts: domain.NoClock, Ends: domain.NoClock, Title: text("Avslutning", "")},
		},
		Speakers:  []domain.Speaker{anna, bo, {Name: "Oŋŋá Čáppa-Muoŧká", Title: text("socionom", "")}},
		Documents: []domain.Document{{Slug: "inbjudan", Title: text("Inbjudan", "Invitation"), Filename: "inbjudan.pdf", Size: 245678, Lang: domain.Swedish}, {Slug: "film", Title: text("Bilder", ""), Filename: "bilder.pdf", Size: 2450678, Lang: domain.Swedish}},
	}
}

func sampleEvents() []domain.Event {
	var events []domain.Event
	for _, s := range []struct {
		town, venue, address string
		day                  int
		capacity, taken      domain.Seats
		waiting              int
	}{
		{"Luleå", "Clarion Sense", "Skeppsbrogatan 34", 1, 80, 48, 0},
		{"Östersund", "Clarion Hotel Grand Östersund", "Prästgatan 16", 2, 60, 57, 0},
		{"Umeå", "Folkets hus Umeå", "Skolgatan 59", 7, 60, 60, 6},
		{"Härnösand", "Härnösands teater", "Storgatan 9", 8, 70, 52, 0},
	} {
		e := sampleEvent()
		e.Town, e.Venue.Name, e.Venue.Address = s.town, s.venue, s.address
		e.Day.Day, e.LastDay.Day, e.Capacity, e.Taken, e.Waiting = s.day, s.day, s.capacity, s.taken, s.waiting
		events = append(events, e)
	}
	return events
}
