package journey_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// hands are what someone works the office with: a browser without scripts, or Chromium. Both find links,
// fields and buttons by their words.
type hands interface {
	enter(address string)               // with a whole address
	visit(path string, words ...string) // a page of the office
	goes(link string, words ...string)
	sends(button string, filled []string, words ...string)
	address() *url.URL
	says() string
	secret() string // that the page shows for an app
}

const (
	officePassword = "tre gröna båtar vid kajen"
	invitationText = `Temadag om barn som anhöriga

Länsstyrelsen Västernorrland bjuder in till en temadag om barn och unga som är anhöriga.

När: torsdag 8 december 2016, kl. 09.00–16.00. Kaffe från kl. 08.30.
Var: Härnösands teater, Storgatan 9, Härnösand
Antal platser: 70
Sista anmälningsdag: torsdag 17 november 2016

Målgrupp: socialtjänst, skola, elevhälsa och hälso- och sjukvård

Medverkande:
- Simon Häggström, kriminalinspektör
- Max Waltman, fil.dr

Program
09.00 Inledning
09.15 Vad vi vet, Max Waltman
12.00 Lunch
15.30 Avslutning

Det kostar ingenting att vara med. Anmälan är bindande.
Kontakt: Yvonne Exempel, 0611-34 90 00, yvonne.exempel@example.se
`
)

// organising is one organiser and her event, from the first sign-in to the copy for the next year.
type organising struct {
	hands
	t       testing.TB
	p       *program
	started time.Time // when the program's clock stood at morning
	email   string
	secret  string
	event   string // the path of her event's page, below the office
}

func (o *organising) all() {
	o.t.Helper()
	o.getIn()
	o.signIn()
	o.invitation()
	o.edit()
	o.publish()
	o.phone()
	o.paper()
	o.nextYear()
}

func (o *organising) now() time.Time { return o.p.clock(o.t, o.started) }

// getIn: the link of whoever runs the program, a password of one's own, and an app as second factor.
func (o *organising) getIn() {
	o.t.Helper()
	o.enter(o.p.account(o.t, o.email, "Yvonne Exempel", "Y", domain.RoleAdministrator))
	o.sends("Logga in", nil, "I dag")
	o.visit("/min-profil/losenord")
	o.sends("Spara lösenordet", []string{"Nytt lösenord", officePassword}, "Lösenordet är valt")
	o.goes("Lägg till en app", "Koden frågas efter när du loggar in")
	o.sends("Lägg till en app", nil, "Läs av koden med appen")
	o.secret = o.hands.secret()
	o.sends("Lägg till appen", []string{"Koden som appen visar", code(o.t, o.secret, o.now(), 0)}, "Appen är tillagd", "Dina återställningskoder")
	o.sends("Logga ut", nil)
}

// signIn: with password and code, to the page that she wanted.
func (o *organising) signIn() {
	o.t.Helper()
	o.visit("/tillfallen", "Logga in")
	o.sends("Logga in", []string{"E-postadress", o.email, "Lösenord", officePassword}, "Bekräfta att det är du")
	o.sends("Bekräfta", []string{"Kod", code(o.t, o.secret, o.now(), 1)}, "Tillfällen", "Nytt tillfälle")
	if !strings.HasSuffix(o.address().Path, "/tillfallen") {
		o.t.Errorf("she is at %s", o.address())
	}
}

// invitation: the text of a letter becomes a draft.
func (o *organising) invitation() {
	o.t.Helper()
	o.goes("Nytt tillfälle", "Hur vill du börja?")
	o.goes("Klistra in en inbjudan")
	o.sends("Läs inbjudan", []string{"Inbjudans text", invitationText}, "Stämmer det här?", "torsdag 8 december 2016")
	o.sends("Godkänn alla", nil, "är godkänt")
	o.sends("Skapa utkastet", nil, "Utkastet är skapat av det du godkände", "Något saknas")
	_, rest, _ := strings.Cut(o.address().Path, "/tillfalle/")
	slug, _, _ := strings.Cut(rest, "/")
	o.event = "/tillfalle/" + slug
}

// edit: what the checklist misses is mended where it leads.
func (o *organising) edit() {
	o.t.Helper()
	o.visit(o.event+"/publicera", "2 saker saknas innan tillfället kan publiceras")
	o.goes("Rätta: Lokalens tillgänglighet", "Tid och plats")
	o.sends("Spara", []string{"Entré utan trappsteg|Ja", "", "Hiss|Ja", "", "Teleslinga|Ja", ""}, "Ändringarna är sparade")
	o.visit(o.event + "/publicera")
	o.goes("Rätta: Veckor tills anmälningar gallras", "Beslut om gallring")
	o.sends("Spara", []string{"Diarienummer", "801-1234-2016", "Veckor tills anmälningar gallras", "12", "Beslut om gallring", "RA-FS 2021:6"}, "Ändringarna är sparade")
	o.visit(o.event + "/publicera")
	o.goes("Rätta: Sista dag att avboka")
	o.sends("Spara", []string{"Sista dag att avboka", "17 november 2016"}, "Ändringarna är sparade")
	o.visit(o.event+"/redigera", "torsdag 8 december 2016")
}

// publish: she is shown what everyone will see, and then everyone sees it.
func (o *organising) publish() {
	o.t.Helper()
	o.visit(o.event+"/publicera", "Allt som måste finnas är på plats")
	o.sends("Publicera", nil, "Publicera tillfället?", "Vilka som är anmälda visas aldrig")
	o.sends("Publicera nu", nil, "Nu kan alla se sidan")
	o.goes("Sidan som alla ser", "Härnösands teater", "torsdag 8 december 2016", "Anmälan är bindande")
}

// phone: someone calls, who has no address.
func (o *organising) phone() {
	o.t.Helper()
	o.visit(o.event, "Öppet för anmälan")
	o.goes("Anmäl någon per telefon", "Steg 1 av 2")
	o.sends("Fortsätt", []string{
		"Hur kom anmälan in?|Telefon", "", "Förnamn", "Märta", "Efternamn", "Mårtensson", "Arbetsplats", "Socialtjänsten i Kramfors",
		"Vilken sorts verksamhet är det?|Socialtjänst", "", "Telefonnummer (frivilligt)", "070-174 06 05", "Kommun där personen arbetar", "Kramfors",
	}, "Läs upp villkoren", "Märta", "Kramfors")
	o.sends("Gör anmälan", nil, "Anmälan är gjord", "Märta Mårtensson", "Telefon")
	o.goes("Deltagare", "Mårtensson, Märta", "1 person")
}

// paper: the list to tick off at the door.
func (o *organising) paper() {
	o.t.Helper()
	o.visit(o.event)
	o.goes("Listor och underlag", "Avprickningslista att skriva ut")
	o.sends("Avprickningslista att skriva ut", nil, "Mårtensson", "Socialtjänsten i Kramfors")
}

// nextYear: the event is copied, without people and without days.
func (o *organising) nextYear() {
	o.t.Helper()
	o.visit(o.event + "/kopiera")
	o.sends("Skapa kopian", []string{"Orter", "Sundsvall"}, "Kopian är skapad. Skriv in de nya datumen.", "Dagen är inte bestämd")
	if strings.Contains(o.says(), "8 december 2016") || strings.Contains(o.says(), "Mårtensson") {
		o.t.Errorf("the copy holds a day or a person:\n%s", o.says())
	}
}
