package demo

import (
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// workplace is what a participant tells of where she works.
type workplace struct {
	kind         domain.OrganisationType
	organisation string
	title        string
}

// work is a workplace in a municipality of a county whose residence town is seat.
func work(d *dice, municipality, seat string) workplace {
	kind := weighed(d, kinds())
	place, titles, _ := strings.Cut(pick(d, strings.Split(workplaces(kind), "\n")), ": ")
	w := workplace{kind: kind}
	w.organisation = strings.NewReplacer(
		"{m} kommun", municipal(municipality), "{m}", municipality, "{seat}", seat,
	).Replace(place)
	if d.chance(88) {
		w.title = pick(d, strings.Split(titles, ", "))
	}
	return w
}

// municipal is what the municipality calls itself: "Luleå kommun", "Härnösands kommun", "Kalix
// kommun". The rule holds in the four northern counties.
func municipal(name string) string {
	if strings.ContainsAny(name[len(name)-1:], "bcdfghjklmnpqrtvwz") {
		name += "s"
	}
	return name + " kommun"
}

func kinds() []share[domain.OrganisationType] {
	return []share[domain.OrganisationType]{
		{domain.OrgHealthCare, 19},
		{domain.OrgSocialServices, 26},
		{domain.OrgJustice, 13},
		{domain.OrgShelter, 10},
		{domain.OrgSchool, 8},
		{domain.OrgStudentHealth, 9},
		{domain.OrgResidence, 8},
		{domain.OrgAuthority, 3},
		{domain.OrgCivil, 3},
		{domain.OrgOther, 1},
	}
}

// workplaces are the places of one kind, a line each, with the titles people have there.
func workplaces(kind domain.OrganisationType) string {
	switch kind {
	case domain.OrgHealthCare:
		return `Ungdomsmottagningen {m}: Barnmorska, Kurator, Sjuksköterska, Psykolog
Hälsocentralen i {m}: Distriktssköterska, Läkare, Psykolog, Verksamhetschef
Barnmorskemottagningen {m}: Barnmorska, Enhetschef
Vuxenpsykiatrin {seat}: Psykolog, Kurator, Sjuksköterska, Skötare
Barn- och ungdomspsykiatrin {seat}: Psykolog, Kurator, Sjuksköterska
Kvinnokliniken {seat}: Barnmorska, Läkare, Kurator
Beroendemottagningen {seat}: Sjuksköterska, Behandlare, Läkare`
	case domain.OrgSocialServices:
		return `{m} kommun, socialtjänsten: Socialsekreterare, 1:e socialsekreterare, Enhetschef, Verksamhetsutvecklare
{m} kommun, barn och unga: Socialsekreterare, Familjebehandlare, Enhetschef
{m} kommun, mottagningsenheten: Socialsekreterare, 1:e socialsekreterare
{m} kommun, vuxenenheten: Socialsekreterare, Behandlare, Boendestödjare
{m} kommun, kvinnofridsteamet: Kvinnofridssamordnare, Socialsekreterare, Kurator
{m} kommun, fältgruppen: Fältarbetare, Fältsekreterare
Socialjouren i {m}: Socialsekreterare`
	case domain.OrgJustice:
		return `Polisen i {m}: Polisinspektör, Kommunpolis, Ungdomsutredare
Polisen i {seat}: Utredare, Förundersökningsledare, Kriminalinspektör, Brottsoffersamordnare
Åklagarkammaren i {seat}: Kammaråklagare, Administratör
Frivården i {seat}: Frivårdsinspektör, Kriminalvårdsinspektör
Tingsrätten i {seat}: Rådman, Domstolshandläggare`
	case domain.OrgShelter:
		return `Kvinnojouren i {m}: Jourkvinna, Verksamhetschef, Kurator
Tjejjouren i {m}: Samordnare, Volontär
Kvinno- och tjejjouren i {m}: Jourkvinna, Samordnare, Volontär
Jourboendet Exempelgården: Verksamhetschef, Stödperson`
	case domain.OrgSchool:
		return `Gymnasieskolan i {m}: Lärare, Rektor, Studie- och yrkesvägledare
{m} kommun, utbildningsförvaltningen: Utvecklingsstrateg, Verksamhetschef
Folkhögskolan i {m}: Lärare, Rektor
Vuxenutbildningen i {m}: Lärare i svenska som andraspråk, Studie- och yrkesvägledare`
	case domain.OrgStudentHealth:
		return `{m} kommun, elevhälsan: Skolsköterska, Skolkurator, Skolpsykolog, Samordnare elevhälsa
Elevhälsan vid gymnasieskolan i {m}: Skolsköterska, Skolkurator, Specialpedagog`
	case domain.OrgResidence:
		return `HVB Exempelstigen: Behandlingsassistent, Föreståndare
HVB Björkexemplet: Behandlingsassistent, Behandlingspedagog
Stödboendet i {m}: Boendehandledare, Föreståndare
Boendet för unga i {m}: Boendehandledare, Behandlingsassistent`
	case domain.OrgAuthority:
		return `Arbetsförmedlingen i {seat}: Handläggare, Sektionschef
Migrationsverket i {seat}: Handläggare, Beslutsfattare
Försäkringskassan i {seat}: Handläggare, Utredare`
	case domain.OrgCivil:
		return `Nätverket mot våld i {m}: Ordförande, Projektledare
Brottsofferjouren i {m}: Stödperson, Samordnare
Studieförbundet i {m}: Verksamhetsledare, Projektledare`
	}
	return `Egen verksamhet, Exempelkonsulten: Handledare
Universitetet i exempelstaden: Student, Forskare`
}
