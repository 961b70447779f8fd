package demo

import "github.com/temadag/temadag/internal/domain"

func towns() []town { return []town{lulea(), ostersund(), umea(), harnosand()} }

func lulea() town {
	return town{
		owner: "BD", name: "Luleå", slug: "temadag-lulea", day: "2016-12-01", capacity: 80,
		registerUntil: "2016-11-17", cancelUntil: "2016-11-17",
		phone: "0980-319 210", number: 4182,
		begins:  "08:30",
		minutes: agenda{30, 20, 60, 20, 60, 60, 50, 40, 20, 60, 30},
		host: speaker("Aila Provvaara", "utvecklingsledare för jämställdhet", "development lead for gender equality",
			"Länsstyrelsen Norrbotten", "Norrbotten County Administrative Board"),
		venue: domain.Venue{
			Name: "Clarion Sense", Address: "Skeppsbrogatan 34", Town: "Luleå",
			Access: access(
				domain.Access{StepFree: domain.Yes, Lift: domain.Yes, HearingLoop: domain.Yes, AccessibleToilet: domain.Yes, ScentFree: domain.Yes, QuietRoom: domain.Yes},
				text(`Parkeringshus intill, med två platser för rörelsehindrade närmast hissen.`, `Multi-storey car park next door, with two accessible spaces nearest the lift.`),
				text(`Färdtjänst stannar vid huvudentrén.`, `Mobility service vehicles stop at the main entrance.`),
				text(`Salen ligger en trappa upp. Hiss finns till höger om receptionen.`, `The hall is one floor up. There is a lift to the right of the reception.`)),
			Travel: text(
				`Lokalen ligger mitt i staden. Från busstationen går du dit på omkring tio minuter. Kommer du långväga ifrån kan du samåka: fråga oss, så hjälper vi dig att hitta andra från samma håll.`,
				`The venue is in the middle of town, about ten minutes’ walk from the bus station. If you come from far away you may want to share a car: ask us, and we will help you find others from your direction.`),
		},
		local: text(
			`I Norrbotten är avstånden långa och kollegorna ibland få. Därför ägnar vi sista timmen åt hur vi kan hjälpas åt över kommungränserna.`,
			`In Norrbotten the distances are long and colleagues sometimes few. That is why we give the last hour to how we can help each other across municipal borders.`),
		questions: []domain.Question{askTakeHome(), askTravel(), askListed()},
	}
}

func ostersund() town {
	return town{
		owner: "Z", name: "Östersund", slug: "temadag-ostersund", day: "2016-12-02", capacity: 60,
		registerUntil: "2016-11-18", cancelUntil: "2016-11-18",
		phone: "070-174 06 20", number: 3907,
		begins:  "09:00",
		minutes: agenda{30, 15, 60, 15, 60, 60, 45, 35, 20, 55, 25},
		host: speaker("Siv Mallander", "samordnare mot våld i nära relationer", "coordinator against domestic violence",
			"Länsstyrelsen Jämtland", "Jämtland County Administrative Board"),
		venue: domain.Venue{
			Name: "Clarion Hotel Grand Östersund", Address: "Prästgatan 16", Town: "Östersund",
			Access: access(
				domain.Access{StepFree: domain.Yes, Lift: domain.Yes, HearingLoop: domain.Yes, AccessibleToilet: domain.Yes, ScentFree: domain.Yes, QuietRoom: domain.No},
				text(`Garage under huset. Säg till i receptionen om du behöver en plats för rörelsehindrade.`, `Garage under the building. Tell the reception if you need an accessible space.`),
				text(`Färdtjänst stannar på Prästgatan, utanför huvudentrén.`, `Mobility service vehicles stop in Prästgatan, outside the main entrance.`),
				text(`Vilrum saknas. Behöver du dra dig undan en stund ordnar vi ett mindre rum: säg till på plats.`, `There is no quiet room. If you need to withdraw for a while we will arrange a smaller room: tell us on the day.`)),
			Travel: text(
				`Från Östersunds centralstation går du till lokalen på omkring en kvart. Vi börjar kl.~09.30 så att du ska hinna med ett morgontåg.`,
				`From Östersund central station it is about a quarter of an hour’s walk to the venue. We start at 09:30 so that you can take a morning train.`),
		},
		local: text(
			`I Östersund berättar vi också hur kommunerna i länet har börjat samarbeta med polisen om uppsökande arbete på nätet.`,
			`In Östersund we will also tell you how the municipalities of the county have begun to work with the police on outreach online.`),
		questions: []domain.Question{askParts(), askListed()},
	}
}

func umea() town {
	return town{
		owner: "AC", name: "Umeå", slug: "temadag-umea", day: "2016-12-07", capacity: 90,
		registerUntil: "2016-11-23", cancelUntil: "2016-11-23",
		phone: "070-174 06 30", number: 5264,
		begins:   "08:15",
		parallel: true,
		minutes:  agenda{30, 20, 60, 20, 60, 60, 50, 40, 20, 60, 30},
		host: speaker("Henrik Exelius", "utvecklingsledare för social hållbarhet", "development lead for social sustainability",
			"Länsstyrelsen Västerbotten", "Västerbotten County Administrative Board"),
		venue: domain.Venue{
			Name: "Folkets hus Umeå", Address: "Skolgatan 59", Town: "Umeå",
			Access: access(
				domain.Access{StepFree: domain.Yes, Lift: domain.Yes, HearingLoop: domain.Yes, AccessibleToilet: domain.Yes, ScentFree: domain.Yes, QuietRoom: domain.Yes},
				text(`Parkeringsgarage i kvarteret intill. Två platser för rörelsehindrade på gatan utanför.`, `Car park in the next block. Two accessible spaces in the street outside.`),
				text(`Färdtjänst stannar på Skolgatan.`, `Mobility service vehicles stop in Skolgatan.`),
				text(`Teleslinga finns i stora salen, men inte i grupprummen. Där använder vi handmikrofon.`, `The main hall has a hearing loop but the group rooms do not. There we use hand-held microphones.`)),
			Travel: text(
				`Lokalen ligger i centrum. Från järnvägsstationen går du dit på omkring tio minuter, och flera stadsbussar stannar i närheten.`,
				`The venue is in the centre, about ten minutes’ walk from the railway station, and several city buses stop nearby.`),
		},
		local: text(
			`I Umeå delar vi upp oss i tre grupper under eftermiddagen. Välj grupp när du anmäler dig, så kan vi förbereda rummen.`,
			`In Umeå we divide into three groups in the afternoon. Choose a group when you sign up, so that we can prepare the rooms.`),
		questions: []domain.Question{askOften(), askTopic(), askListed()},
	}
}

func harnosand() town {
	return town{
		owner: "Y", name: "Härnösand", slug: "temadag-harnosand", day: "2016-12-08", capacity: 70,
		registerUntil: "2016-11-25", cancelUntil: "2016-11-24",
		phone: "070-174 06 40", number: 6035,
		begins:  "09:00",
		asks:    true,
		minutes: agenda{30, 15, 60, 20, 55, 60, 50, 40, 20, 60, 25},
		host: speaker("Birgitta Demoström", "särskilt sakkunnig i jämställdhet", "expert adviser on gender equality",
			"Länsstyrelsen Västernorrland", "Västernorrland County Administrative Board"),
		venue: domain.Venue{
			Name: "Härnösands teater", Address: "Storgatan 9", Town: "Härnösand",
			Access: access(
				domain.Access{StepFree: domain.Yes, Lift: domain.No, HearingLoop: domain.Yes, AccessibleToilet: domain.Yes, ScentFree: domain.Yes},
				text(`Parkering på torget, ungefär 150~meter bort.`, `Parking in the square, about 150~metres away.`),
				text(`Färdtjänst stannar vid sidoentrén, som är utan trappsteg.`, `Mobility service vehicles stop at the side entrance, which has no steps.`),
				text(`Salongen nås utan trappsteg från sidoentrén. Läktaren har bara trappa, och därför använder vi den inte.`, `The auditorium is reached without steps from the side entrance. The balcony has stairs only, so we do not use it.`)),
			Travel: text(
				`Från resecentrum går du till teatern på omkring tio minuter. Vi slutar kl.~16.15 och håller tiden, så att du hinner med kvällens tåg.`,
				`From the travel centre it is about ten minutes’ walk to the theatre. We finish at 16:15, and on time, so that you can catch an evening train.`),
		},
		local: text(
			`I Härnösand avslutar vi med en öppen frågestund från scenen. Du kan ställa din fråga själv eller lämna den på en lapp.`,
			`In Härnösand we end with open questions from the stage. You can ask your question yourself or hand it in on a note.`),
		questions: []domain.Question{askParts(), askTravel(), askTopic()},
	}
}
