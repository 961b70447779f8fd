package domain

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// Municipalities lists the names of all 290 municipalities in Swedish order, for the form to
// suggest. The caller may keep and change the slice.
func Municipalities() []string { return slices.Clone(gazetteer().all) }

// MunicipalitiesIn lists the names of the municipalities of one county in Swedish order, none for
// a code that is no county's. The caller may keep and change the slice.
func MunicipalitiesIn(county OrganiserCode) []string {
	return slices.Clone(gazetteer().byCounty[county])
}

// NormalMunicipality is the name of the municipality that s means: "luleå", "LULEÅ KOMMUN",
// "Härnösands kommun", "Härnösands" and "Lulea" are "Luleå", "Luleå", "Härnösand" twice and "Luleå". What is no
// municipality of Sweden (a village, a municipality in Finland) comes back as it was, in NFC with
// single spaces: people know best where they work.
func NormalMunicipality(s string) string {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	readings := municipalityReadings(strings.ToLower(s))
	if name, ok := strings.CutSuffix(readings[0], "s"); ok { // "Luleås", with the word after it left out
		readings = append(readings, name)
	}
	for _, name := range readings {
		if m, ok := gazetteer().byName[name]; ok {
			return m
		}
	}
	for _, name := range readings {
		if m := gazetteer().bySearch[municipalityKey(name)]; m != "" {
			return m
		}
	}
	return s
}

// maxMeant is how many municipalities are asked about: a name that is near more of them tells nothing.
const maxMeant = 3

// MeantMunicipalities is the municipalities that s may be a slip of the finger for, in Swedish order:
// those nearest to it, by one slip in a short name and by two in a longer one (slips). It is none where s is a
// municipality already, or near none, or near so many that asking would not help. It compares s with
// every name, and is for a page that asks; nothing is refused or changed by it.
func MeantMunicipalities(s string) []string {
	s = strings.ToLower(NormalMunicipality(s))
	if _, known := gazetteer().byName[s]; known {
		return nil
	}
	var meant []string
	least := heaviestTwo + 1
	for _, reading := range municipalityReadings(s) {
		key := []rune(municipalityKey(reading))
		for i, name := range gazetteer().keys {
			n := slipsOfName(key, name, min(least, slipsIn(min(len(key), len(name)))))
			if n < 0 {
				continue
			}
			if n < least {
				least, meant = n, meant[:0]
			}
			if m := gazetteer().all[i]; !slices.Contains(meant, m) {
				meant = append(meant, m)
			}
		}
	}
	if len(meant) > maxMeant {
		return nil
	}
	sortSwedish(meant)
	return meant
}

// IsMunicipality reports whether s is the name of a municipality, to the letter.
func IsMunicipality(s string) bool { return gazetteer().byName[strings.ToLower(s)] == s && s != "" }

// What a slip of the finger weighs. A letter that was mistaken for another weighs more than one left out,
// put in twice or changed places with the next, for that is also how the names of two places differ:
// Helsingfors is no slip for Helsingborg, nor Vasa for Vara.
const (
	slipOrder   = 2
	slipLetter  = 3
	heaviestTwo = slipOrder + slipLetter // so two letters mistaken for others are another name
)

// slipsIn is the weight of slips that is taken for one in a name of that length: in one of three letters
// none, for every such name is near another.
func slipsIn(length int) int {
	switch {
	case length <= 3:
		return 0
	case length == 4:
		return slipOrder
	case length == 5:
		return slipLetter
	}
	return heaviestTwo
}

// slipsOfName is the weight of the slips between the names a and b, -1 for more than most. Who slips twice has at
// least the first letter right: Narvik is no slip for Arvika.
func slipsOfName(a, b []rune, most int) int {
	if d := len(a) - len(b); d*slipOrder > most || -d*slipOrder > most {
		return -1
	}
	n := slips(a, b, slipOrder, slipLetter)
	if n > most || n > slipLetter && a[0] != b[0] {
		return -1
	}
	return n
}

// municipalityReadings are the names that s, in lower case, may stand for, the most literal first.
func municipalityReadings(s string) []string {
	readings := []string{s}
	if name, ok := strings.CutPrefix(s, "region "); ok {
		readings = append(readings, name)
	}
	for _, after := range []string{" kommun", " stad", " kn"} {
		if name, ok := strings.CutSuffix(s, after); ok {
			readings = append(readings, name, strings.TrimSuffix(name, "s"))
		}
	}
	return readings
}

// municipalityKey is how a name is compared when its accents and hyphens were left out.
func municipalityKey(s string) string {
	return SearchKey(strings.ReplaceAll(s, "-", " "))
}

type municipalities struct {
	all      []string
	keys     [][]rune // of all, in its order: as names are compared with accents left out
	byCounty map[OrganiserCode][]string
	byName   map[string]string // lower case → name
	bySearch map[string]string // search key → name, "" where two share it (Habo and Håbo)
}

var gazetteer = sync.OnceValue(func() municipalities {
	m := municipalities{
		byCounty: map[OrganiserCode][]string{},
		byName:   map[string]string{},
		bySearch: map[string]string{},
	}
	for _, c := range Counties() {
		names := strings.Split(municipalityNames(c.Code), ", ")
		sortSwedish(names)
		m.byCounty[c.Code] = names
		m.all = append(m.all, names...)
	}
	sortSwedish(m.all)
	for _, name := range m.all {
		m.keys = append(m.keys, []rune(municipalityKey(name)))
		m.byName[strings.ToLower(name)] = name
		key := municipalityKey(name)
		if _, shared := m.bySearch[key]; shared {
			name = ""
		}
		m.bySearch[key] = name
	}
	return m
})

func sortSwedish(names []string) {
	slices.SortFunc(names, func(a, b string) int {
		return strings.Compare(SortKey(a)+"\x00"+a, SortKey(b)+"\x00"+b)
	})
}

// municipalityNames are the names within a county, in the order of their numbers.
func municipalityNames(county OrganiserCode) string {
	switch county {
	case "AB":
		return "Upplands Väsby, Vallentuna, Österåker, Värmdö, Järfälla, Ekerö, Huddinge, Botkyrka, Salem, Haninge, " +
			"Tyresö, Upplands-Bro, Nykvarn, Täby, Danderyd, Sollentuna, Stockholm, Södertälje, Nacka, Sundbyberg, " +
			"Solna, Lidingö, Vaxholm, Norrtälje, Sigtuna, Nynäshamn"
	case "C":
		return "Håbo, Älvkarleby, Knivsta, Heby, Tierp, Uppsala, Enköping, Östhammar"
	case "D":
		return "Vingåker, Gnesta, Nyköping, Oxelösund, Flen, Katrineholm, Eskilstuna, Strängnäs, Trosa"
	case "E":
		return "Ödeshög, Ydre, Kinda, Boxholm, Åtvidaberg, Finspång, Valdemarsvik, Linköping, Norrköping, " +
			"Söderköping, Motala, Vadstena, Mjölby"
	case "F":
		return "Aneby, Gnosjö, Mullsjö, Habo, Gislaved, Vaggeryd, Jönköping, Nässjö, Värnamo, Sävsjö, Vetlanda, " +
			"Eksjö, Tranås"
	case "G":
		return "Uppvidinge, Lessebo, Tingsryd, Alvesta, Älmhult, Markaryd, Växjö, Ljungby"
	case "H":
		return "Högsby, Torsås, Mörbylånga, Hultsfred, Mönsterås, Emmaboda, Kalmar, Nybro, Oskarshamn, Västervik, " +
			"Vimmerby, Borgholm"
	case "I":
		return "Gotland"
	case "K":
		return "Olofström, Karlskrona, Ronneby, Karlshamn, Sölvesborg"
	case "M":
		return "Svalöv, Staffanstorp, Burlöv, Vellinge, Östra Göinge, Örkelljunga, Bjuv, Kävlinge, Lomma, Svedala, " +
			"Skurup, Sjöbo, Hörby, Höör, Tomelilla, Bromölla, Osby, Perstorp, Klippan, Åstorp, Båstad, Malmö, Lund, " +
			"Landskrona, Helsingborg, Höganäs, Eslöv, Ystad, Trelleborg, Kristianstad, Simrishamn, Ängelholm, Hässleholm"
	default:
		return moreMunicipalityNames(county)
	}
}

func moreMunicipalityNames(county OrganiserCode) string {
	switch county {
	case "N":
		return "Hylte, Halmstad, Laholm, Falkenberg, Varberg, Kungsbacka"
	case "O":
		return "Härryda, Partille, Öckerö, Stenungsund, Tjörn, Orust, Sotenäs, Munkedal, Tanum, Dals-Ed, Färgelanda, " +
			"Ale, Lerum, Vårgårda, Bollebygd, Grästorp, Essunga, Karlsborg, Gullspång, Tranemo, Bengtsfors, Mellerud, " +
			"Lilla Edet, Mark, Svenljunga, Herrljunga, Vara, Götene, Tibro, Töreboda, Göteborg, Mölndal, Kungälv, " +
			"Lysekil, Uddevalla, Strömstad, Vänersborg, Trollhättan, Alingsås, Borås, Ulricehamn, Åmål, Mariestad, " +
			"Lidköping, Skara, Skövde, Hjo, Tidaholm, Falköping"
	case "S":
		return "Kil, Eda, Torsby, Storfors, Hammarö, Munkfors, Forshaga, Grums, Årjäng, Sunne, Karlstad, " +
			"Kristinehamn, Filipstad, Hagfors, Arvika, Säffle"
	case "T":
		return "Lekeberg, Laxå, Hallsberg, Degerfors, Hällefors, Ljusnarsberg, Örebro, Kumla, Askersund, Karlskoga, " +
			"Nora, Lindesberg"
	case "U":
		return "Skinnskatteberg, Surahammar, Kungsör, Hallstahammar, Norberg, Västerås, Sala, Fagersta, Köping, Arboga"
	case "W":
		return "Vansbro, Malung-Sälen, Gagnef, Leksand, Rättvik, Orsa, Älvdalen, Smedjebacken, Mora, Falun, Borlänge, " +
			"Säter, Hedemora, Avesta, Ludvika"
	case "X":
		return "Ockelbo, Hofors, Ovanåker, Nordanstig, Ljusdal, Gävle, Sandviken, Söderhamn, Bollnäs, Hudiksvall"
	case "Y":
		return "Ånge, Timrå, Härnösand, Sundsvall, Kramfors, Sollefteå, Örnsköldsvik"
	case "Z":
		return "Ragunda, Bräcke, Krokom, Strömsund, Åre, Berg, Härjedalen, Östersund"
	case "AC":
		return "Nordmaling, Bjurholm, Vindeln, Robertsfors, Norsjö, Malå, Storuman, Sorsele, Dorotea, Vännäs, " +
			"Vilhelmina, Åsele, Umeå, Lycksele, Skellefteå"
	case "BD":
		return "Arvidsjaur, Arjeplog, Jokkmokk, Överkalix, Kalix, Övertorneå, Pajala, Gällivare, Älvsbyn, Luleå, " +
			"Piteå, Boden, Haparanda, Kiruna"
	}
	panic("domain: no municipalities are listed for the county " + string(county))
}
