package demo

import "github.com/temadag/temadag/internal/domain"

func newsThemeDays(c calendar) domain.News {
	return item(c, announced, domain.News{
		Slug:  "temadagar-i-fyra-stader",
		Title: text("Temadagar i fyra städer: anmälan är öppen", "Theme days in four towns: registration is open"),
		Lead: text(
			`Nu kan du anmäla dig till en heldag om sex mot ersättning, med fokus på efterfrågan. Välj mellan Luleå, Östersund, Umeå och Härnösand.`,
			`You can now sign up for a full day on sex in exchange for payment, with a focus on demand. Choose between Luleå, Östersund, Umeå and Härnösand.`),
		Body: fill(text(`Temadagarna är till för dig som möter frågan i ditt arbete: i vården, socialtjänsten, rättsväsendet, jourerna, skolan, elevhälsan eller på ett boende för ensamkommande ungdomar.

Innehållet är detsamma i alla städer:

- **Luleå** {lulea}
- **Östersund** {ostersund}
- **Umeå** {umea}
- **Härnösand** {harnosand}

Anmälan är bindande. Skulle du få förhinder kan en kollega ta över platsen. Är det fullt på ett ställe kan du ställa dig i kö, eller välja en annan stad.

Bakom dagarna står länsstyrelserna i Norrbotten, Västerbotten, Västernorrland och Jämtland tillsammans med Kunskapsnätverket hiv/STI Norr.`,
			`The theme days are for people who meet the issue in their work: in health care, social services, the justice system, shelters, schools, student health services or at a residence for unaccompanied young people.

The content is the same in every town:

- **Luleå** {lulea}
- **Östersund** {ostersund}
- **Umeå** {umea}
- **Härnösand** {harnosand}

Registration is binding. Should you be unable to come, a colleague can take over the place. If one town is full you can join the queue or choose another.

Behind the days stand the county administrative boards of Norrbotten, Västerbotten, Västernorrland and Jämtland together with Kunskapsnätverket hiv/STI Norr.`),
			map[string]domain.Text{
				"lulea": c.long(lulea().day), "ostersund": c.long(ostersund().day),
				"umea": c.long(umea().day), "harnosand": c.long(harnosand().day),
			}),
		Picture: picture("fyra-stader.svg", text(
			`Fyra cirklar längs en prickad linje över mjuka gröna kullar, en för varje stad.`,
			`Four circles along a dotted line across soft green hills, one for each town.`)),
		Organisers: northern(),
	})
}

func newsCampaign(c calendar) domain.News {
	return item(c, "2016-10-18", domain.News{
		Slug:  "kampanj-om-efterfragan",
		Title: text("Nationell kampanj vänder sig till den som köper", "A national campaign turns to those who buy"),
		Lead: text(
			`I samband med EU-dagen mot människohandel startar en kampanj om efterfrågan.`,
			`In connection with the EU day against human trafficking a campaign on demand begins.`),
		Body: text(`EU-dagen mot människohandel uppmärksammas i hela unionen. I Sverige inleds samtidigt en nationell kampanj som riktar blicken mot efterfrågan: utan köpare, ingen handel.

Kampanjen finns i hela landet och har en egen webbplats. Där kan den som har köpt sex, eller funderar på att göra det, läsa om vad köpet leder till och om var det går att få hjälp att sluta.

Du som arbetar med frågan får gärna sprida kampanjen vidare på din arbetsplats.`,
			`The EU day against human trafficking is marked across the Union. In Sweden a national campaign begins at the same time, turning our eyes towards demand: without buyers, no trade.

The campaign runs across the country and has a website of its own. There, someone who has bought sex or is thinking of doing so can read about what the purchase leads to and where there is help to stop.

If you work with the issue you are welcome to spread the campaign at your workplace.`),
		Links: []domain.NewsLink{{Label: text("Till kampanjens webbplats (exempellänk)", "To the campaign’s website (example link)"), URL: "https://example.se/kampanj"}},
	})
}

func newsSupport(c calendar) domain.News {
	return item(c, "2016-10-27", domain.News{
		Slug:  "metodstod-pa-nytt-stalle",
		Title: text("Metodstöd för yrkesverksamma: ny webbplats och telefonlinje", "Guidance for professionals: a new website and a telephone line"),
		Lead: text(
			`Det nationella metodstödet mot prostitution och människohandel har fått en egen webbplats. Du kan också ringa 020-390~000.`,
			`The national method support against prostitution and human trafficking has a website of its own. You can also call 020-390~000.`),
		Body: text(`Är du osäker på hur du ska gå vidare i ett ärende? Då behöver du inte leta på egen hand längre. På webbplatsen finns metoder, lagtext och adresser samlade för dig som möter människor som är utsatta för prostitution eller människohandel.

Vill du hellre tala med någon ringer du stödtelefonen: **020-390~000**. Du behöver inte lämna några uppgifter om den det gäller för att få råd.

Spara numret där dina kollegor hittar det.`,
			`Are you unsure how to proceed with a case? Then you no longer need to search on your own. On the website, methods, law and addresses are gathered for people who meet those affected by prostitution or human trafficking.

If you would rather talk with someone, call the support line: **020-390~000**. You do not need to give any details about the person concerned in order to get advice.

Keep the number where your colleagues can find it.`),
		Picture: picture("stodtelefon.svg", text(
			`Två mjuka pratbubblor som går in i varandra, i mörkt och ljust grönt.`,
			`Two soft speech bubbles overlapping, in dark and light green.`)),
		Links: []domain.NewsLink{{Label: text("Till metodstödets webbplats (exempellänk)", "To the website of the method support (example link)"), URL: "https://example.se/metodstod"}},
	})
}

func newsMapping(c calendar) domain.News {
	return item(c, "2016-12-08", domain.News{
		Slug:  "kartlaggning-i-fyra-lan",
		Title: text("Kartläggning: så ser det ut i fyra län i norr", "Survey: what four northern counties look like"),
		Lead: fill(text(
			`Under {season} har fyra länsstyrelser kartlagt prostitution och människohandel i sina län. Nu finns resultatet i en rapport.`,
			`During {season} four county administrative boards surveyed prostitution and human trafficking in their counties. The result is now available in a report.`),
			map[string]domain.Text{"season": c.season("2016-10-15")}),
		Body: text(`Kartläggningen bygger på två saker: annonser på nätet och samtal med dem som möter frågan i sitt arbete. Tillsammans visar de att handeln finns i alla fyra länen, också på orter där få tror det.

Den regionala samordnaren lyfter fram att kunskapen ofta sitter hos enskilda personer. När de slutar går den förlorad. En utvecklingsledare på länsstyrelsen pekar på avstånden: stödet finns, men det kan ligga många mil bort.

Rapporten föreslår gemensamma rutiner, återkommande utbildning och en tydlig väg till stöd i varje kommun.`,
			`The survey rests on two things: advertisements on the web and conversations with those who meet the issue in their work. Together they show that the trade exists in all four counties, also in places where few believe it does.

The regional coordinator points out that the knowledge often rests with individuals. When they leave, it is lost. A development lead at the county administrative board points to the distances: the support exists, but it may be very far away.

The report proposes shared routines, recurring training and a clear way to support in every municipality.`),
		Documents:  []domain.Document{document("kartlaggning-i-korthet", "kartlaggning-i-korthet.pdf", domain.Swedish, text(`Kartläggningen i korthet`, `The survey in brief`))},
		Links:      []domain.NewsLink{{Label: text("Läs hela rapporten (exempellänk)", "Read the whole report (example link)"), URL: "https://example.se/kartlaggning"}},
		Organisers: northern(),
	})
}

func newsReport(c calendar) domain.News {
	return item(c, "2017-03-16", domain.News{
		Slug:  "fler-misstankta-fall",
		Title: text("Fler misstänkta fall av människohandel", "More suspected cases of human trafficking"),
		Lead: text(
			`Antalet misstänkta fall ökade under förra året. I de flesta handlar det om sexuella ändamål.`,
			`The number of suspected cases rose last year. Most of them concern sexual purposes.`),
		Body: text(`En ny rapport sammanställer de fall av misstänkt människohandel som kom till myndigheternas kännedom under året. De blev fler än året innan. Vanligast är utnyttjande för sexuella ändamål.

En ökning kan betyda att fler är utsatta. Den kan också betyda att fler av dem som möter utsatta ser tecknen och hör av sig. Rapporten visar att stödet behöver finnas i hela landet, och att samordningen gör skillnad när flera myndigheter är inblandade samtidigt.

Misstänker du att någon är utsatt kan du få råd på stödtelefonen, 020-390~000.`,
			`A new report compiles the cases of suspected human trafficking that came to the knowledge of the authorities during the year. They were more than the year before. Most common is exploitation for sexual purposes.

A rise may mean that more people are affected. It may also mean that more of those who meet them see the signs and get in touch. The report shows that support is needed across the country, and that coordination makes a difference when several authorities are involved at once.

If you suspect that someone is a victim, you can get advice on the support line, 020-390~000.`),
		Picture: picture("rapport.svg", text(
			`Rapportens omslag: gröna staplar som stiger åt höger under en tunn båge.`,
			`The cover of the report: green bars rising to the right below a thin arc.`)),
		Documents: []domain.Document{document("rapport-i-korthet", "rapport-i-korthet.pdf", domain.Swedish, text(`Rapporten i korthet`, `The report in brief`))},
		Links:     []domain.NewsLink{{Label: text("Läs hela rapporten (exempellänk)", "Read the whole report (example link)"), URL: "https://example.se/lagesrapport"}},
	})
}

// item puts the day of publication on n.
func item(c calendar, published string, n domain.News) domain.News {
	n.PublishedAt = c.at(published, "09:00")
	n.UpdatedAt = n.PublishedAt
	return n
}

// picture is one of our own illustrations, all of the same size.
func picture(file string, alt domain.Text) domain.Picture {
	return domain.Picture{File: "img/demo/" + file, Alt: alt, Width: 960, Height: 540}
}
