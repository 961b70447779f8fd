package demo

import (
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// person is a name as its owner types it, with an e-mail address.
type person struct{ given, family, email string }

// everyone is the made-up people of each event, the same whichever event is asked for: no name and
// no address comes twice among them all.
func everyone() map[string][]person {
	p := people{dice: newDice("people"), seen: map[string]bool{}}
	out := map[string][]person{}
	for _, t := range towns() {
		n := sought(t.slug)
		someone := make([]person, n)
		for i := range someone {
			someone[i] = p.next()
		}
		for i, rare := range rareNames(t.slug) {
			rare.email = p.address(rare)
			someone[3+i*(n-7)/2] = rare
		}
		out[t.slug] = someone
	}
	return out
}

// people hands out made-up people.
type people struct {
	dice *dice
	seen map[string]bool // names and addresses handed out
}

func (p *people) next() person {
	for {
		origin := weighed(p.dice, origins())
		given, family := pick(p.dice, origin.given), pick(p.dice, origin.family)
		if other := pick(p.dice, origin.family); other != family && p.dice.chance(6) {
			family += "-" + other
		}
		if name := given + " " + family; !p.seen[name] {
			p.seen[name] = true
			someone := person{given: given, family: family}
			someone.email = p.address(someone)
			return someone
		}
	}
}

// address is an e-mail address for someone, not handed out before.
func (p *people) address(someone person) string {
	local := addressPart(someone.given)
	if family := addressPart(someone.family); family != "" {
		local += "." + family
	}
	email := local + "@example.se"
	for n := 2; p.seen[email]; n++ {
		email = local + strconv.Itoa(n) + "@example.se"
	}
	p.seen[email] = true
	return email
}

func addressPart(name string) string {
	keep := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r == ' ' || r == '-':
			return '-'
		}
		return -1
	}
	return strings.Map(keep, domain.SearchKey(name))
}

// rareNames are the names that forms, lists and letters most often spoil. The last is typed
// on a machine that splits letters from their marks.
func rareNames(event string) []person {
	switch event {
	case "temadag-lulea":
		return []person{{given: "Ánne-Sárá", family: "Oŋŋá"}, {given: "A\u030Asa", family: "Ho\u0308glund"}}
	case "temadag-ostersund":
		return []person{{given: "Bïengke", family: "Åhrén"}, {given: "Zoë", family: "von Rosenstam"}}
	case "temadag-umea":
		return []person{{given: "O", family: ""}, {given: "Đuro", family: "Žižić"}}
	case "temadag-harnosand":
		return []person{{given: "Eva", family: "D'Arcy-Öberg"}, {given: "Søren", family: "Ærøskjold"}}
	}
	return nil
}

type origin struct{ given, family []string }

func origins() []share[origin] {
	return []share[origin]{
		{origin{
			words(`Anna Maria Karin Eva Lena Kristina Birgitta Ingrid Sara Emma Elin Hanna Ida Johanna Malin Sofia Linnéa Åsa Agneta Ulrika Camilla Jenny Annika Helena Marie Monica Gunilla Susanne Therese Josefin Frida Matilda Ebba Moa Tove Elsa Erik Lars Anders Johan Per Karl Mikael Fredrik Magnus Jonas Mattias Daniel Henrik Björn Gustav Oskar Viktor Emil Håkan Göran Örjan`),
			words(`Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson Lindberg Lindström Lindqvist Lundgren Lundström Bergström Sandberg Forsberg Sjöberg Wallin Engström Danielsson Håkansson Eklund Lundin Björk Bergman Wikström Isaksson Fransson Nyström Holmberg Arvidsson Löfgren Söderberg Nyberg Blomqvist Öberg Åström Öhman Sundström Nordin Ek Ström Hedlund Wiklund Sundqvist Vikström Westman Marklund Brännström Lövgren Hedman Åkerlund Ångström Widmark Zetterlund Vesterlund`),
		}, 68},
		{origin{
			words(`Aino Eeva Kaisa Leena Päivi Raija Satu Tuula Marja-Leena Tarja Antti Heikki Jukka Kari Matti Pekka Timo Veikko`),
			words(`Niemi Lahti Mäki Korpela Heikkilä Kemppainen Rautio Ylipää Kangas Lantto Waara Taavola Snäll Juntti Fjällborg Björnström Pekkari Alatalo`),
		}, 11},
		{origin{
			words(`Elle Máret Risten Inga Sunná Biret Ánte Jovnna Nils-Ánte Per-Ola Lars-Heikka Gun Maarja Åsa Laila`),
			words(`Blind Kuoljok Labba Omma Nutti Niia Svonni Valkeapää Utsi Baer Påve Stenberg Barruk Kroik Jonassen Jåma`),
		}, 8},
		{origin{
			words(`Amina Fatima Layla Yasmin Nour Hodan Ayan Zahra Maryam Shirin Samira Selam Rahel Ahmed Omar Hassan Ali Reza Mehdi Yonas Bilal`),
			words(`Ahmadi Hosseini Rezai Mohammadi Ali Hassan Abdi Warsame Farah Tesfaye Haile Yılmaz Demir Şahin Khalil Haddad Nasser Karimi`),
		}, 9},
		{origin{
			words(`Agnieszka Małgorzata Katarzyna Ewa Tomasz Olena Iryna`),
			words(`Wójcik Nowak Łukasik Dąbek Bondarenko Shevchuk`),
		}, 2},
		{origin{
			words(`Ivana Jasmina Lejla Mirela Goran Zoran Emir Nataša`),
			words(`Jovanović Petrović Begić Hadžić Kovačević Đorđević`),
		}, 2},
		{origin{words(`Thuy Linh Ngọc`), words(`Nguyễn Trần Phạm`)}, 1},
	}
}

func words(s string) []string { return strings.Fields(s) }
