package main

import (
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// person is the i-th made-up participant, always the same one. Addresses are under example.se and
// the telephone numbers are those set aside for fiction.
func person(i int) domain.Participant {
	given := [...]string{"Åsa", "Lars", "Sára", "Mohammed", "Elin", "Björn", "Märta", "Aila", "Karin", "Östen"}
	family := [...]string{"Öberg", "Andersson", "Länsman", "Åkerström", "Nilsson", "Ek", "Ahmadi", "Blind", "Svensson", "Wiklund", "Ärling"}
	work := [...]string{"Region Norrbotten", "Luleå kommun", "Polismyndigheten", "Kvinnojouren Iris", "Åklagarmyndigheten", "Socialtjänsten i Boden", "Norrbottens museum"}
	title := [...]string{"socialsekreterare", "kurator", "utredare", "enhetschef", "barnmorska"}
	town := [...]string{"Luleå", "Boden", "Piteå", "Kiruna", "Gällivare", "Älvsbyn", "Övertorneå", "Östersund"}
	types := domain.OrganisationTypes()
	return domain.Participant{
		GivenName:        given[i%len(given)],
		FamilyName:       fmt.Sprintf("%s-%s", family[i%len(family)], letters(i)),
		Email:            fmt.Sprintf("deltagare.%d@example.se", i),
		Phone:            fmt.Sprintf("070-174 06 %02d", 5+i%90),
		Organisation:     work[i%len(work)],
		OrganisationType: types[i%len(types)],
		Title:            title[i%len(title)],
		Municipality:     town[i%len(town)],
	}
}

// letters is i in letters, so that made-up names differ without figures in them.
func letters(i int) string {
	b := []byte{'A' + byte(i%26)}
	for i /= 26; i > 0; i /= 26 {
		b = append(b, 'a'+byte(i%26))
	}
	return string(b)
}
