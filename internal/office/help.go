package office

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// helpPage is a page of the help: its name in addresses and texts, and the pages that lead to it.
type helpPage struct {
	slug   string
	routes []string
}

// helpPages are the pages of the help in the order of the work. A route stands here once: it is the only
// place that says which help is about which page.
func helpPages() []helpPage {
	return []helpPage{
		{"publicera", []string{
			"office_events", "office_create", "office_create_series", "office_created", "office_copy", "office_edit", "office_edit_part",
			"office_preview", "office_publish", "office_unpublish", "office_documents", "office_series",
		}},
		{"inbjudan", []string{"office_new", "office_invitation"}},
		{"telefon", []string{"office_register", "office_person_print"}},
		{"listor", []string{"office_lists", "office_series_lists", "office_venue", "office_paper"}},
		{"dorren", []string{"office_attendance", "office_attendance_rest"}},
		{"andra", []string{"office_change", "office_reach"}},
		{"stalla-in", []string{"office_call_off"}},
		{"bindande", []string{"office_answers", "office_answer", "office_extend", "office_cancel"}},
		{"ko", []string{"office_capacity", "office_pass_over"}},
		{"grupper", nil},
		{"skyddade", []string{"office_person", "office_protect", "office_reveal"}},
		{"behov", []string{"office_kitchen", "office_needs", "office_needs_open"}},
		{"lasa-in", []string{"office_import", "office_import_columns", "office_import_check"}},
		{"roller", []string{"office_users", "office_user", "office_user_new", "office_user_roles", "office_share"}},
		{"tvasteg", []string{"office_me", "office_app", "office_codes", "office_user_factors"}},
		{"skriva", []string{
			"office_mailings", "office_event_mailings", "office_mailing_new", "office_mailing", "office_mailing_audience", "office_mailing_text", "office_mailing_look",
		}},
		{"automatiska", []string{"office_automatics", "office_automatic", "office_automatic_look"}},
		{"bjuda-in", []string{"office_invitation_mail", "office_subscribers"}},
		{"nadde-fram", []string{
			"office_mailing_letters", "office_mailing_stop", "office_mailing_resume", "office_mailing_retry", "office_mailing_archive",
			"office_person_letter", "office_letter", "office_suppressed",
		}},
		{"gallring", []string{"office_audit"}},
	}
}

func (o *Office) helpRoutes() []server.Route {
	own := domain.PermOwnAccount
	return append(read("office_help", "/hjalp", "/help", own, o.helpIndex),
		read("office_help_page", "/hjalp/:name", "/help/:name", own, o.helpShow)...)
}

// helpFor is the way to the help about the page at a route; nil where there is none, and for those who have
// not signed in.
func (o *Office) helpFor(c *gin.Context, route string) *view.Crumb {
	if _, in := server.SignInOf(c); !in {
		return nil
	}
	p := o.printer(c)
	for _, h := range helpPages() {
		if slices.Contains(h.routes, route) {
			return &view.Crumb{URL: o.path(c, "office_help_page", h.slug), Label: p.T("help.link", "title", p.T("help."+h.slug+".title"))}
		}
	}
	return nil
}

// helpIndexPage is the first page of the help.
type helpIndexPage struct{ Rows []helpRow }

type helpRow struct {
	view.Crumb
	Lead string
}

func (o *Office) helpIndex(c *gin.Context) error {
	p := o.printer(c)
	var body helpIndexPage
	for _, h := range helpPages() {
		body.Rows = append(body.Rows, helpRow{
			view.Crumb{URL: o.path(c, "office_help_page", h.slug), Label: p.T("help." + h.slug + ".title")}, p.T("help." + h.slug + ".lead"),
		})
	}
	return o.write(c, http.StatusOK, page{
		template: "help", route: "office_help", menu: "office_help", Page: view.Page{Title: p.T("help.heading"), Body: body},
	})
}

// helpTextPage is one page of the help.
type helpTextPage struct {
	Back    view.Crumb
	Heading string
	Lead    string
	Text    domain.Text
}

func (o *Office) helpShow(c *gin.Context) error {
	p, all := o.printer(c), helpPages()
	at := slices.IndexFunc(all, func(h helpPage) bool { return h.slug == c.Param("name") })
	if at < 0 {
		return domain.NotFound("page.not_found")
	}
	key := "help." + all[at].slug
	text := o.helpText(c, p.T(key+".text"))
	body := helpTextPage{
		Back: view.Crumb{URL: o.path(c, "office_help"), Label: p.T("help.all")}, Heading: p.T(key + ".title"), Lead: p.T(key + ".lead"),
		Text: domain.Text{Sv: text, En: text},
	}
	return o.write(c, http.StatusOK, page{
		template: "help_page", route: "office_help_page", args: []string{all[at].slug}, menu: "office_help",
		Page: view.Page{Title: body.Heading + " – " + p.T("help.heading"), Body: body},
	})
}

// The texts of the help name buttons and pages by their keys, [[office.edit.save]], and other pages of the help
// as ((telefon)), so that a name in the help is always what stands on the screen.
const helpSigns = `\[\[([a-z_.-]+)\]\]|\(\(([a-z-]+)\)\)`

// helpText is the text with the names as they are in the language of the page.
func (o *Office) helpText(c *gin.Context, text string) string {
	p := o.printer(c)
	signs := regexp.MustCompile(helpSigns)
	return signs.ReplaceAllStringFunc(text, func(sign string) string {
		m := signs.FindStringSubmatch(sign)
		if m[2] != "" {
			return "[" + p.T("help."+m[2]+".title") + "](" + o.path(c, "office_help_page", m[2]) + ")"
		}
		return "**" + p.T(m[1]) + "**"
	})
}
