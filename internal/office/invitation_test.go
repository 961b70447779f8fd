package office_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const invitePath = "/handlaggare/tillfallen/nytt/inbjudan"

// fourCounties is a world with the county administrations that invite.
func fourCounties(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	var all []domain.Organiser
	for _, code := range []domain.OrganiserCode{"BD", "AC", "Y", "Z"} {
		c, _ := domain.CountyOf(code)
		all = append(all, domain.Organiser{
			Code: c.Code, SCB: c.SCB, Slug: c.Slug, County: c.Name, Name: c.Authority(), Short: c.Short(), Region: c.Region, Town: c.Town,
			Phone: "0980-319 200", Email: c.Slug + "@example.se", DPO: "dso@example.se",
		})
	}
	must(t, w.Editing.PutOrganisers(context.Background(), domain.Operator(), all))
	return w
}

func invitation(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/invitation.txt")
	must(t, err)
	return string(text)
}

// everything is every event of every county.
func (w *world) everything() []domain.Event {
	w.t.Helper()
	all, err := w.Store.DeskEvents(context.Background(), store.DeskScope{Reach: store.Reach{All: true}})
	must(w.t, err)
	return all
}

// whole is one event with everything in it.
func (w *world) whole(slug string) domain.Event {
	w.t.Helper()
	e, err := w.Store.WholeEvent(context.Background(), slug)
	must(w.t, err)
	return e
}

func organiserIn(codes ...domain.OrganiserCode) []domain.Grant {
	var out []domain.Grant
	for _, c := range codes {
		out = append(out, domain.Grant{Role: domain.RoleOrganiser, County: c})
	}
	return out
}

// read pastes a text, and answers the page of proposals.
func (c *client) read(t testing.TB, text string) *response {
	t.Helper()
	page := c.get(invitePath).want(t, http.StatusOK, "Klistra in en inbjudan")
	return c.post(invitePath, with(page.fields(), "text", text, "step", "read"))
}

// TestInvitation_whole is the way of someone who has never seen the product: paste, approve all, look at what
// raises a question, and create. She gets the town of her own county and no other.
func TestInvitation_whole(t *testing.T) {
	w := fourCounties(t)
	c := w.user("Yvonne Exempel", organiserIn("Y")...)
	page := c.read(t, invitation(t)).want(t, http.StatusOK, "Stämmer det här?", "Luleå", "Härnösand", "Titta", "Veckodagen i texten är inte den som datumet har",
		"Länsstyrelsen Norrbotten, där du inte kan skapa tillfällen", "Simon Häggström", "Rad 12:", "torsdag 8 december 2016, vecka 49")
	if strings.Contains(page.body, " checked") {
		t.Error("something is approved before anyone has looked")
	}
	page = c.post(invitePath, with(page.fields(), "step", "all")).want(t, http.StatusOK, "är godkänt")
	form := page.fields()
	if form.Get("occasion_4_day") != "8 december 2016" {
		t.Fatalf("the day is %q", form.Get("occasion_4_day"))
	}
	ticked := strings.Join(form["ok"], " ")
	for key, want := range map[string]bool{"title": true, "occasion_4": true, "occasion_4_venue": true, "occasion_4_day": false, "occasion_1": false, "occasion_1_venue": false} {
		if strings.Contains(" "+ticked+" ", " "+key+" ") != want {
			t.Errorf("%s is approved: %t, among %s", key, !want, ticked)
		}
	}
	form["ok"] = append(form["ok"], "occasion_4_day")
	got := c.post(invitePath, with(form, "occasion_4_starts", "9", "occasion_4_capacity", "70", "binding", "yes", "step", "create")).want(t, http.StatusSeeOther)
	all := w.everything()
	if len(all) != 1 || !strings.HasPrefix(got.to(), "/handlaggare/tillfalle/"+all[0].Slug+"/redigera") {
		t.Fatalf("%d events, and it leads to %s", len(all), got.to())
	}
	e := w.whole(all[0].Slug)
	if e.Owner.Code != "Y" || e.Town != "Härnösand" || e.Day.String() != "2016-12-08" || e.Starts.String() != "09:00" || e.Capacity != 70 ||
		e.Venue.Name != "Härnösands teater" || e.State != domain.EventDraft || len(e.Speakers) != 2 || len(e.Programme) != 5 || !e.Binding {
		t.Errorf("made %+v", e)
	}
}

// Several towns become one series, each with the county that owns it.
func TestInvitation_series(t *testing.T) {
	w := fourCounties(t)
	c := w.user("Alla Exempel", organiserIn("BD", "AC", "Y", "Z")...)
	page := c.post(invitePath, with(c.read(t, invitation(t)).fields(), "step", "all"))
	form := page.fields()
	form["ok"] = append(form["ok"], "occasion_4_day")
	for n, code := range []string{"BD", "Z", "AC", "Y"} {
		form.Set(domain.RowField("occasion", n, "owner"), code)
	}
	got := c.post(invitePath, with(form, "step", "create")).want(t, http.StatusSeeOther)
	made := c.get(got.to()).want(t, http.StatusOK, "4 utkast är skapade", "onsdag 7 december 2016", "vecka 49", "Ändra de gemensamma texterna")
	owners := ""
	for _, e := range w.everything() {
		owners += string(e.Owner.Code) + " " + e.Town + ", "
		if e.SeriesSlug == "" || !strings.Contains(made.body, e.Slug+"/redigera") {
			t.Errorf("%s: series %q", e.Slug, e.SeriesSlug)
		}
	}
	if owners != "BD Luleå, Z Östersund, AC Umeå, Y Härnösand, " {
		t.Errorf("they belong to %s", owners)
	}
	// Somebody else sees nothing of what was made.
	w.user("Bo Exempel", organiserIn("AC")...).get(strings.ReplaceAll(got.to(), "umea", "finns-inte")).want(t, http.StatusNotFound)
}

// What is typed and ticked is all there after a refusal, and nothing that she has done is lost in silence.
func TestInvitation_refusals(t *testing.T) {
	w := fourCounties(t)
	c := w.user("Yvonne Exempel", organiserIn("Y")...)
	c.post(invitePath, url.Values{"text": {" \n "}, "step": {"read"}}).want(t, http.StatusUnprocessableEntity, "Klistra in inbjudans text")
	long := c.post(invitePath, url.Values{"text": {strings.Repeat("å", domain.MaxInvitation)}, "step": {"read"}}).want(t, http.StatusUnprocessableEntity, "Texten är för lång")
	if len(long.fields().Get("text")) != 2*domain.MaxInvitation {
		t.Error("the text that was too long is not kept")
	}
	review := func() url.Values { return c.read(t, invitation(t)).fields() }
	for _, tt := range []struct {
		name  string
		ok    []string
		typed []string
		says  string
	}{
		{"nothing is ticked", nil, nil, "Godkänn rubriken, eller skriv en egen"},
		{"no occasion", []string{"title"}, nil, "Välj minst ett tillfälle att skapa"},
		{"facts of an occasion that is not made", []string{"title", "occasion_1_venue", "occasion_4"}, nil, "men inte att det ska skapas"},
		{"words in an occasion that is not made", []string{"title", "occasion_4"}, []string{"occasion_2_capacity", "40"}, "men inte att det ska skapas"},
		{"a day that is none", []string{"title", "occasion_4", "occasion_4_day"}, []string{"occasion_4_day", "31 november 2016"}, "Den dagen finns inte i kalendern"},
		{"a number that is none", []string{"title", "occasion_4"}, []string{"occasion_4_capacity", "sjuttio"}, "Skriv ett tal"},
		{"a weekday that disagrees", []string{"title", "occasion_4"}, []string{"occasion_4_day", "fredag 8 december 2016"}, "är det torsdag"},
	} {
		form := with(review(), tt.typed...)
		form["ok"] = tt.ok
		page := c.post(invitePath, with(form, "step", "create", "cost", "Egen text om kostnad"))
		page.want(t, http.StatusUnprocessableEntity, tt.says, "Det finns fel i formuläret")
		back := page.fields()
		slices.Sort(back["ok"])
		slices.Sort(tt.ok)
		if back.Get("text") != invitation(t) || back.Get("cost") != "Egen text om kostnad" || strings.Join(back["ok"], " ") != strings.Join(tt.ok, " ") {
			t.Errorf("%s: what was typed is lost: ok %v, %q", tt.name, back["ok"], back.Get("cost"))
		}
		for i := 0; i+1 < len(tt.typed); i += 2 {
			if back.Get(tt.typed[i]) != tt.typed[i+1] {
				t.Errorf("%s: %s is %q", tt.name, tt.typed[i], back.Get(tt.typed[i]))
			}
		}
	}
	if n := len(w.everything()); n != 0 {
		t.Errorf("%d events were made by what was refused", n)
	}
	c.post(invitePath, with(review(), "step", "text")).want(t, http.StatusOK, "Klistra in en inbjudan")
	c.post(invitePath, with(review(), "occasion_9_day", "1", "step", "create")).want(t, http.StatusBadRequest)
}

// A form that comes twice, even at once, makes its drafts once; a new form makes new ones.
func TestInvitation_twice(t *testing.T) {
	w := fourCounties(t)
	c := w.user("Yvonne Exempel", organiserIn("Y")...)
	form := with(c.read(t, invitation(t)).fields(), "step", "create")
	form["ok"] = []string{"title", "occasion_4"}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { (&client{w: w, cookie: c.cookie}).post(invitePath, form) })
	}
	all.Wait()
	if n := len(w.everything()); n != 1 {
		t.Errorf("%d drafts of one form", n)
	}
	again := with(c.read(t, invitation(t)).fields(), "step", "create")
	again["ok"] = form["ok"]
	c.post(invitePath, again).want(t, http.StatusSeeOther)
	if n := len(w.everything()); n != 2 {
		t.Errorf("%d drafts of two forms", n)
	}
}

// Another county's occasion cannot be taken by sending its county.
func TestInvitation_foreign(t *testing.T) {
	w := fourCounties(t)
	c := w.user("Två Exempel", organiserIn("Y", "Z")...)
	form := with(c.read(t, invitation(t)).fields(), "step", "create", "occasion_1_owner", "BD")
	form["ok"] = []string{"title", "occasion_1"}
	c.post(invitePath, form).want(t, http.StatusUnprocessableEntity, "Välj en länsstyrelse som du arbetar för")
	// The twin: a county of hers is taken.
	c.post(invitePath, with(form, "occasion_1_owner", "Z")).want(t, http.StatusSeeOther)
	for _, role := range []domain.Role{domain.RoleReader, domain.RoleCaseWorker, domain.RoleCheckIn} {
		w.user("Läsare "+string(role), domain.Grant{Role: role, County: "Y"}).get(invitePath).want(t, http.StatusNotFound)
	}
	// Who may edit one event alone may begin none.
	w.user("En Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "Z", Event: w.everything()[0].ID}).get(invitePath).want(t, http.StatusNotFound)
}

// Hostile text is shown as text, and comes back the same.
func TestInvitation_hostile(t *testing.T) {
	w := fourCounties(t)
	c := w.user("Yvonne Exempel", organiserIn("Y")...)
	for _, text := range []string{
		`<script>alert(1)</script> Temadag 1 december 2016 "><img src=x onerror=alert(1)> {{.Text}}`,
		"Temadag\x00 om \u202evåld\u202c i Härnösand\r\nTorsdag 1 december 2016\r\n</textarea><script>alert(1)</script>",
		"\xff\xfe Temadag i Härnösand, 8 december 2016, 80 platser, ' onmouseover='alert(1)",
		strings.Repeat("Temadag i Härnösand den 8 december 2016. ", 200),
		"</pre></details><form action=//evil.example><input name=ok value=occasion_1>",
	} {
		page := c.read(t, text).want(t, http.StatusOK)
		for _, n := range append(page.find("script"), page.find("img")...) {
			if !strings.HasPrefix(attr(n, "src"), "/static/") {
				t.Errorf("%.30q made an element of its own: %s", text, attr(n, "src"))
			}
		}
		if n := len(page.find("form")); n != 2 {
			t.Errorf("%.30q: the page has %d forms", text, n)
		}
		form := with(page.fields(), "step", "all")
		if got := c.post(invitePath, form).want(t, http.StatusOK).fields().Get("text"); got != form.Get("text") {
			t.Errorf("%.30q comes back as %.30q", form.Get("text"), got)
		}
	}
}

// The longest text that is read fits in both forms, with everything that was found in it.
func TestInvitation_largest(t *testing.T) {
	w := fourCounties(t)
	c := w.user("Yvonne Exempel", organiserIn("Y")...)
	var b strings.Builder
	b.WriteString("Temadagar för åhörare\n\n")
	for day := 1; b.Len() < domain.MaxInvitation-200; day++ {
		b.WriteString("Härnösand: " + domain.Date{Year: 2016, Month: 12, Day: 1}.AddDays(day).String() + ", Härnösands teater, Storgatan 9, 70 platser. ")
		b.WriteString(strings.Repeat("åäöÅÄÖ ", 20) + "\n")
	}
	page := c.read(t, b.String()).want(t, http.StatusOK, "Stämmer det här?")
	form := with(page.fields(), "step", "all")
	if n := len(form.Encode()); n < 200_000 {
		t.Fatalf("the form is only %d bytes: it proves nothing", n)
	}
	c.post(invitePath, form).want(t, http.StatusOK, "är godkänt")
	c.post(invitePath, url.Values{"text": {strings.Repeat("å", 1<<20)}}).want(t, http.StatusRequestEntityTooLarge)
}
