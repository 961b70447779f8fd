package office

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// auditWords tells lines of the log in sentences of one language. What is told of anyone is what the line
// itself holds: the name of whoever did it, the name of the user it was done to, and of a participant nothing
// but the reference number.
type auditWords struct{ p *i18n.Printer }

func newAuditWords(p *i18n.Printer) auditWords { return auditWords{p} }

// sentence is "Eva Exempel gav Nils Exempel rollen Arrangör i Norrbottens län."
func (w auditWords) sentence(l domain.AuditLine) string {
	return upperFirst(w.p.T(w.key(l), "who", w.who(l), "whom", w.whom(l), "event", w.event(l), "role", w.role(l), "county", countyName(domain.OrganiserCode(l.Details["with"])),
		"what", w.what(l), "ref", w.ref(l.Ref), "other", w.other(l.Other), "rows", w.n(l, "rows"), "people", w.n(l, "people"), "letters", w.n(l, "letters"), "n", w.n(l, "count")))
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// who is the name of whoever did it. What is no person has a name of ours, which is told in the language of
// the page.
func (w auditWords) who(l domain.AuditLine) string {
	switch {
	case l.Actor == "":
		return w.p.T("audit_log.nobody")
	case l.User == 0 && w.p.Has("audit_log.by."+l.Actor):
		return w.p.T("audit_log.by." + l.Actor)
	}
	return l.Actor
}

// key is the text of the line: that of its action, or a narrower one.
func (w auditWords) key(l domain.AuditLine) string {
	key := "log." + string(l.Action)
	narrower := ""
	switch l.Action {
	case domain.AuditGranted, domain.AuditRevoked:
		if l.Details["event"] != "" {
			narrower = "_at"
		}
	case domain.AuditSlowed:
		if l.Object != "user" {
			narrower = "_nobody"
		}
	case domain.AuditSignedOut:
		if l.Details["count"] != "" {
			narrower = "_others"
		}
	case domain.AuditProtectedShown:
		if l.Object == "event" {
			narrower = "_many"
		}
	}
	switch {
	case w.p.Has(key + narrower):
		return key + narrower
	case w.p.Has(key):
		return key
	}
	return "audit_log.unknown"
}

func (w auditWords) whom(l domain.AuditLine) string {
	if l.Object == "user" && l.Whom == "" {
		return w.p.T("audit_log.gone_user")
	}
	return l.Whom
}

func (w auditWords) event(l domain.AuditLine) string {
	switch {
	case l.Event.ID != 0:
		return datedName(w.p, l.Event)
	case l.Object == "news":
		return w.news(l)
	}
	return w.p.T("audit_log.gone_event")
}

// news is the headline of an item as it was then; its address in a line that holds none.
func (w auditWords) news(l domain.AuditLine) string {
	if title := l.Details["title"]; title != "" {
		return w.p.T("audit_log.news", "title", title)
	}
	return l.Details["slug"]
}

func (w auditWords) role(l domain.AuditLine) string {
	if r := domain.Role(l.Details["role"]); r.Grantable() {
		county := countyName(l.County)
		if l.Details["event"] != "" {
			return w.p.T("role." + string(r))
		}
		return w.p.T("office.grant", "role", w.p.T("role."+string(r)), "county", county)
	}
	return ""
}

func (w auditWords) ref(ref string) string {
	if ref == "" {
		return w.p.T("audit_log.gone_registration")
	}
	return ref
}

// n is a number of the line, 0 where it has none.
func (w auditWords) n(l domain.AuditLine, name string) string {
	n, _ := strconv.Atoi(l.Details[name])
	return w.p.Number(n)
}

// what is the word that the action's sentence has a place for: a way in, a factor, a file, a page, an act.
func (w auditWords) what(l domain.AuditLine) string {
	known := func(key string) string {
		if w.p.Has(key) {
			return w.p.T(key)
		}
		return ""
	}
	switch l.Action {
	case domain.AuditSignedIn:
		return known("audit_log.method." + l.Details["method"])
	case domain.AuditFactorOn, domain.AuditFactorOff:
		return known("audit_log.factor." + l.Details["what"])
	case domain.AuditBulk:
		return known("audit_log.bulk." + l.Details["action"])
	case domain.AuditAutomaticSaved, domain.AuditAutomaticBegun:
		return lowered(known("office.automatic." + l.Details["kind"]))
	case domain.AuditDocumentAdded, domain.AuditDocumentChanged, domain.AuditDocumentRemoved:
		return l.Details["document"]
	case domain.AuditSeriesCreated, domain.AuditSeriesSaved:
		if s := l.Series.In(w.p.Lang()); s != "" {
			return s
		}
		return l.Details["series"]
	}
	return w.news(l)
}

// other is the reference number of the registration that was kept.
func (w auditWords) other(ref string) string {
	if ref == "" {
		return w.p.T("audit_log.gone_other")
	}
	return ref
}

// more is what else is known of the line, a sentence each.
func (w auditWords) more(l domain.AuditLine) []string {
	var out []string
	for _, name := range []string{"purpose", "columns", "letters", "why", "from", "to", "made", "erased", "english"} {
		value := l.Details[name]
		if value == "" || name == "letters" && l.Action != domain.AuditImported {
			continue
		}
		switch name {
		case "columns":
			value = w.columns(value)
		case "why":
			if value = "manage.reveal.why_" + value; !w.p.Has(value) {
				continue
			}
			value = w.p.T(value)
		case "made":
			made, err := time.Parse(time.RFC3339, value)
			if err != nil {
				continue
			}
			value = w.p.Instant(made)
		case "letters":
			value = w.p.T("audit_log.letters_" + map[bool]string{true: "withheld", false: "sent"}[value == "withheld"])
		}
		out = append(out, w.p.T("audit_log.more_"+name, "value", value))
	}
	return out
}

// columns names the columns of a list where the catalogues have a word for them.
func (w auditWords) columns(words string) string {
	var out []string
	for _, c := range strings.Fields(words) {
		if key := "workbook.column." + c; w.p.Has(key) {
			c = w.p.T(key)
		}
		out = append(out, c)
	}
	return strings.Join(out, ", ")
}

// heads and cells are the file of the log.
func (w auditWords) heads() []string {
	var out []string
	for _, name := range []string{"number", "time", "actor", "county", "sentence", "action", "object", "details"} {
		out = append(out, w.p.T("audit_log.head_"+name))
	}
	return out
}

func (w auditWords) cells(l domain.AuditLine) []string {
	var details []string
	for name, value := range l.Details {
		if name == "kept" {
			value = w.other(l.Other)
		}
		details = append(details, name+": "+value)
	}
	slices.Sort(details)
	object := l.ObjectID
	if l.Ref != "" {
		object = l.Ref
	}
	return []string{
		strconv.FormatInt(l.ID, 10), l.At.UTC().Format("2006-01-02T15:04:05Z"), l.Actor, string(l.County), w.sentence(l), string(l.Action),
		strings.TrimSpace(l.Object + " " + object), strings.Join(details, "; "),
	}
}
