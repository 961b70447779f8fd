package demo

import "github.com/temadag/temadag/internal/domain"

// news lists the items, oldest first. Their subjects and days are facts; the words are the
// demonstration's own.
func news(c calendar) []domain.News {
	return []domain.News{
		newsAmbassador(c), newsManual(c), newsConference(c), newsAlmedalen(c), newsCoordinator(c),
		newsThemeDays(c), newsCampaign(c), newsSupport(c), newsMapping(c), newsReport(c),
	}
}

func newsAmbassador(c calendar) domain.News {
	return item(c, "2016-05-09", domain.News{
		Slug:  "ambassador-mot-manniskohandel",
		Title: text("Ny ambassadör för arbetet mot människohandel", "New ambassador for the work against human trafficking"),
		Lead: text(
			`Sverige inrättar en ambassadör med uppgift att driva arbetet mot människohandel över gränserna.`,
			`Sweden creates a post of ambassador with the task of driving the work against human trafficking across borders.`),
		Body: fill(text(`Uppdraget är nytt. Ambassadören tillträder {day} och ska se till att frågan hålls levande i samtalen med andra länder, i EU och i FN.

Bakgrunden är de globala målen. I mål 16.2 har FN:s medlemsländer kommit överens om att få slut på övergrepp mot barn, utnyttjande av barn och handel med barn. EU arbetar mot samma mål.

För dig som arbetar i kommun, region eller polis märks skillnaden inte genast. Men det som bestäms mellan länder styr vad som går att göra här: hur snabbt den som är utsatt får skydd, och hur lätt det är att följa pengarna.`,
			`The post is new. The ambassador takes office on {day} and will see to it that the issue stays alive in talks with other countries, in the EU and in the UN.

Behind it are the global goals. In target 16.2 the member states of the UN have agreed to end abuse of children, exploitation of children and trafficking in children. The EU works towards the same goal.

If you work in a municipality, a region or the police you will not notice the difference at once. But what is decided between countries governs what can be done here: how quickly a person who is affected gets protection, and how easy it is to follow the money.`),
			map[string]domain.Text{"day": c.short("2016-05-16")}),
		Organisers: []domain.OrganiserCode{"AB"},
	})
}

func newsManual(c calendar) domain.News {
	return item(c, "2016-05-13", domain.News{
		Slug:  "handbok-for-motet",
		Title: text("Handbok för dig som möter utsatta för människohandel", "A manual for people who meet victims of trafficking"),
		Lead: text(
			`Hur märker du att någon är utsatt, vad säger du och vem kontaktar du? En handbok för personal svarar på det som brukar vara svårast.`,
			`How do you notice that someone is a victim, what do you say and whom do you contact? A manual for staff answers what is usually hardest.`),
		Body: text(`Den som är utsatt för människohandel berättar sällan själv. Oftare är det en barnmorska, en lärare eller en handläggare som först anar att något inte stämmer. Handboken är skriven för det ögonblicket.

Den går igenom tecken att vara uppmärksam på, hur du kan ställa frågor i lugn och ro och vad som gäller om sekretess. Den beskriver också vilka myndigheter och organisationer som tar vid.

Du kan hämta en sammanfattning här nedanför. Handboken går också att beställa i tryckt form, utan kostnad.`,
			`Victims of human trafficking seldom tell anyone themselves. More often it is a midwife, a teacher or a case officer who first senses that something is wrong. The manual is written for that moment.

It goes through signs to look out for, how you can ask questions in peace and quiet and what applies to confidentiality. It also describes which authorities and organisations take over.

You can download a summary below. The manual can also be ordered in print, free of charge.`),
		Picture: picture("handbok.svg", text(
			`En uppslagen bok med grön pärm på ljus botten, med ett bokmärke mellan sidorna.`,
			`An open book with a green cover on a pale ground, with a bookmark between the pages.`)),
		Links:      []domain.NewsLink{{Label: text("Beställ den tryckta handboken (exempellänk)", "Order the printed manual (example link)"), URL: "https://example.se/handbok"}},
		Documents:  []domain.Document{document("handbok-i-korthet", "handbok-i-korthet.pdf", domain.Swedish, text(`Handboken i korthet`, `The manual in brief`))},
		Organisers: []domain.OrganiserCode{"AB"},
	})
}

func newsConference(c calendar) domain.News {
	return item(c, "2016-05-23", domain.News{
		Slug:  "nationell-konferens-om-efterfragan",
		Title: text("Nationell konferens om dem som betalar", "A national conference on those who pay"),
		Lead: text(
			`Länsstyrelsen Stockholm bjuder in till en heldagskonferens om prostitution och människohandel, med fokus på efterfrågan.`,
			`Stockholm County Administrative Board invites you to a full-day conference on prostitution and human trafficking, with a focus on demand.`),
		Body: fill(text(`På scenen möts regeringen, ambassadören för arbetet mot människohandel, den nationella samordnaren, Stockholmspolisen och forskningen. Frågan är gemensam: hur minskar vi efterfrågan?

Konferensen är kostnadsfri, men antalet platser är begränsat och anmälan är bindande. Anmäl dig senast {deadline}.

Dag och lokal meddelas när de är bestämda.`,
			`On the stage you will meet the Government, the ambassador for the work against human trafficking, the national coordinator, the Stockholm police and research. The question is shared: how do we reduce demand?

The conference is free of charge, but the number of places is limited and registration is binding. Register by {deadline}.

Day and venue will be announced when they are settled.`),
			map[string]domain.Text{"deadline": c.long(conferenceDeadline)}),
		Organisers: []domain.OrganiserCode{"AB"},
	})
}

func newsAlmedalen(c calendar) domain.News {
	return item(c, "2016-07-19", domain.News{
		Slug:  "fullsatt-i-almedalen",
		Title: text("Fullsatt när rapport om pornografi och prostitution presenterades", "Full house as a report on pornography and prostitution was launched"),
		Lead: text(
			`Intresset var stort när sambanden mellan pornografi och prostitution diskuterades i Almedalen.`,
			`There was great interest when the links between pornography and prostitution were discussed in Almedalen.`),
		Body: text(`Stolarna tog slut en bra stund innan seminariet började. På programmet stod en ny rapport om pornografi och prostitution, och efteråt följde ett samtal om vad den betyder i praktiken.

Rapporten frågar hur de två hör ihop: vem som förekommer i filmerna, vem som tittar och vad som händer med synen på den som går att köpa. Flera i publiken arbetade med unga och efterlyste sätt att ta upp frågan i skolan.

Rapporten går att läsa i sin helhet hos utgivaren.`,
			`The chairs ran out well before the seminar began. On the agenda was a new report on pornography and prostitution, followed by a conversation about what it means in practice.

The report asks how the two belong together: who appears in the films, who watches them and what happens to the view of a person who can be bought. Several people in the audience worked with young people and asked for ways to raise the issue in school.

The report can be read in full at its publisher.`),
		Links:      []domain.NewsLink{{Label: text("Läs rapporten hos utgivaren (exempellänk)", "Read the report at its publisher (example link)"), URL: "https://example.se/rapport-pornografi"}},
		Organisers: []domain.OrganiserCode{"AB"},
	})
}

func newsCoordinator(c calendar) domain.News {
	return item(c, "2016-09-26", domain.News{
		Slug:  "gemensam-samordnare-i-norr",
		Title: text("En gemensam samordnare för fyra län i norr", "One coordinator for four counties in the north"),
		Lead: fill(text(
			`Sedan {month} delar Norrbotten, Västerbotten, Västernorrland och Jämtland på en regional samordnare.`,
			`Since {month} Norrbotten, Västerbotten, Västernorrland and Jämtland have shared a regional coordinator.`),
			map[string]domain.Text{"month": c.month("2016-08-15")}),
		Body: text(`Fyra län är mer än halva Sverige till ytan, men på många orter är det en enda person på socialkontoret som får frågan i knät. Samordnaren ska vara den som går att ringa.

Uppdraget är att stötta kommuner, vård och polis i enskilda ärenden, att ordna utbildning och att se till att länen lär av varandra. Den som behöver skydd ska få samma hjälp i Gällivare som i Sundsvall.

Du når samordnaren genom länsstyrelsen i ditt län.`,
			`The four counties make up more than half of Sweden’s area, but in many places there is one single person at the social services office who gets the question. The coordinator is there to be called.

The task is to support municipalities, health care and police in individual cases, to arrange training and to see to it that the counties learn from each other. A person who needs protection should get the same help in Gällivare as in Sundsvall.

You reach the coordinator through the county administrative board of your county.`),
		Organisers: northern(),
	})
}

func northern() []domain.OrganiserCode { return []domain.OrganiserCode{"BD", "AC", "Y", "Z"} }
