package office

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// deliveryRoutes are the pages on what became of mail: of a mailing that has been let go (delivery.go,
// delivery_letters.go, delivery_turn.go), for the archive (delivery_archive.go), of one letter
// (delivery_letter.go), and of addresses that no mailing goes to (delivery_suppressed.go).
func (o *Office) deliveryRoutes() []server.Route {
	one, of := "/utskick/:id/", "/mailings/:id/"
	letter, letterOf := "/tillfalle/:slug/deltagare/:ref/mejl/:id", "/event/:slug/people/:ref/letters/:id"
	reads, writes := domain.PermReadMail, domain.PermWriteMail
	return slices.Concat(
		read("office_mailing_letters", one+"mejl", of+"letters", reads, o.mailingLettersShow),
		post("office_mailing_undo", one+"angra", of+"undo", writes, server.ClassStaff, o.mailingUndo),
		change("office_mailing_stop", one+"stoppa", of+"stop", writes, o.turnShow(turnStop()), o.turnDo(turnStop())),
		change("office_mailing_resume", one+"fortsatt", of+"resume", writes, o.turnShow(turnResume()), o.turnDo(turnResume())),
		change("office_mailing_retry", one+"forsok-igen", of+"retry", writes, o.turnShow(turnRetry()), o.turnDo(turnRetry())),
		change("office_mailing_archive", one+"arkiv", of+"archive", domain.PermExport, o.archiveShow, o.archiveDo),
		change("office_person_letter", letter, letterOf, reads, o.personLetterShow, o.personLetterReveal),
		read("office_person_letter_html", letter+"/html", letterOf+"/html", reads, o.personLetterHTML),
		change("office_suppressed", "/mejladresser", "/mail-addresses", writes, o.suppressedShow, o.suppressedDo),
	)
}

// mailingPage is a mailing that has been let go: how far it has come, what went wrong, and what can be done.
type mailingPage struct {
	Back     view.Crumb
	Notice   *view.Notice
	Heading  string
	State    string
	Scope    string
	Text     []string // where it stands, in sentences
	Pause    *mailPause
	Going    bool // the page is asked for again
	Undo     *undo
	Done     int
	Total    int
	Count    string
	Counts   []countLine
	Pace     string
	Failures []recipientLine
	All      *view.Crumb
	Doings   []doing
	Facts    []fact
	Words    []writtenIn
	Archive  *view.Crumb
}

// undo is how long a mailing can be taken back, and the button.
type undo struct {
	Action, Label, Text string
	Left                int    // seconds, as it was asked for: the reader's own clock may be wrong
	Pattern             string // of Text, with {left} for the seconds; "" where they are not counted
}

// countLine is how many letters are somewhere, and the list of those.
type countLine struct {
	Label, URL string
	N          int
	Bad        bool
}

// doing is something that can be done, on a page that asks first.
type doing struct{ URL, Label, Kind string }

type writtenIn struct {
	Lang          domain.Lang
	Name          string // of the language
	Subject, Body string
}

// everySoOften is how often a browser without scripts asks for the page of a mailing that is on its way, in
// seconds.
const everySoOften = 5

// mailingSent is the page of a mailing that has been let go: how far it has come, what went wrong, and what
// can be done about it.
func (o *Office) mailingSent(c *gin.Context, m domain.Mailing, n domain.MailingCounts) error {
	return o.showSent(c, nil, m, n)
}

func (o *Office) showSent(c *gin.Context, refusal error, m domain.Mailing, n domain.MailingCounts) error {
	p, ctx, a := o.printer(c), c.Request.Context(), signedIn(c).Actor
	status, notice := http.StatusOK, done(p, c)
	if faults := faultsOf(refusal); len(faults) > 0 {
		status, notice = o.refused(c, faults[0])
	} else if refusal != nil {
		return refusal
	}
	body := mailingPage{
		Back: o.backToMailings(c), Notice: notice, Heading: o.mailingTitle(c, m), State: o.sentState(p, m),
		Scope: o.scopeNames(c)(m.Audience.Scope), Text: o.sentText(p, m, n), Going: !m.State.Ended() || n.Queued > n.Deferred,
		Done: n.Total() - n.Left - n.Queued, Total: n.Total(), Facts: o.sentFacts(p, m),
	}
	body.Count = p.T("delivery.count", "done", p.Value(body.Done), "total", p.Value(body.Total))
	writes := o.Mailings.May(ctx, a, domain.PermWriteMail, m.UID) == nil
	if m.State == domain.MailingWaiting && writes {
		body.Undo = o.undoOf(c, m)
	}
	if m.State == domain.MailingSending {
		pause, err := o.pauseOf(c)
		if err != nil {
			return err
		}
		body.Pause = pause
		pace, err := o.Mailings.Pace(ctx, a, m.UID)
		if err != nil {
			return err
		}
		body.Pace = paceText(p, pace)
	}
	if m.State != domain.MailingWaiting {
		body.Counts = o.countLines(c, m, n)
		failed, more, err := o.Mailings.Letters(ctx, a, m.UID, []domain.LetterFate{domain.FateFailed, domain.FateReturned}, 0)
		if err != nil {
			return err
		}
		for _, l := range failed[:min(len(failed), mostShown)] {
			body.Failures = append(body.Failures, o.recipientLine(c, l))
		}
		key := "delivery.all"
		if more || len(failed) > mostShown {
			key = "delivery.all_failed"
		}
		body.All = &view.Crumb{URL: o.path(c, "office_mailing_letters", m.UID), Label: p.T(key)}
	}
	if writes {
		body.Doings = o.doings(c, m, n)
	}
	if o.Mailings.May(ctx, a, domain.PermExport, m.UID) == nil {
		body.Archive = &view.Crumb{URL: o.path(c, "office_mailing_archive", m.UID), Label: p.T("delivery.archive.way")}
	}
	for _, l := range domain.Langs() {
		if m.Body.In(l) != "" && (l == domain.Swedish || m.Body.En != "") {
			body.Words = append(body.Words, writtenIn{l, p.T("delivery.words_in." + string(l)), m.Subject.In(l), m.Body.In(l)})
		}
	}
	pg := page{
		template: "delivery", route: "office_mailing", args: []string{m.UID}, menu: "office_mailings",
		Page: view.Page{Title: body.Heading, Body: body},
	}
	if body.Going && m.State != domain.MailingPaused && (m.State != domain.MailingWaiting || m.SendAt.Sub(o.Now()) < 2*time.Minute) {
		pg.Refresh = everySoOften
	}
	return o.write(c, status, pg)
}

// mostShown is how many of those who were not reached stand on the page itself.
const mostShown = 10

func (o *Office) undoOf(c *gin.Context, m domain.Mailing) *undo {
	p, left := o.printer(c), max(0, int(m.SendAt.Sub(o.Now()).Round(time.Second)/time.Second))
	u := &undo{Action: o.path(c, "office_mailing_undo", m.UID), Left: left}
	if m.SendAt.Sub(m.Approved) > domain.MailingUndo {
		u.Label, u.Text = p.T("delivery.undo.later"), p.T("delivery.undo.later_text", "at", p.Instant(m.SendAt))
		return u
	}
	u.Label, u.Text, u.Pattern = p.T("delivery.undo.now"), p.T("delivery.undo.left", "count", left), p.T("delivery.undo.pattern", "left", "{left}")
	return u
}

// sentState is where a mailing stands, in a word.
func (o *Office) sentState(p *i18n.Printer, m domain.Mailing) string {
	if m.State == domain.MailingDone && o.LettersKept { // "sent" would be untrue
		return p.T("delivery.finished")
	}
	return p.T("office.mailing_state." + string(m.State))
}

// sentText is where a mailing stands, in sentences.
func (o *Office) sentText(p *i18n.Printer, m domain.Mailing, n domain.MailingCounts) []string {
	at, key, count := "", "delivery.state."+string(m.State), n.Failed+n.Returned
	switch {
	case m.State == domain.MailingWaiting && m.SendAt.Sub(m.Approved) <= domain.MailingUndo:
		key += "_soon"
	case m.State == domain.MailingDone && n.Failed+n.Returned > 0:
		key += "_some"
	case m.State == domain.MailingDone && o.LettersKept:
		key, count = key+"_kept", n.Accepted
	}
	if at = p.Instant(m.SendAt); m.State.Ended() {
		at = p.Instant(m.Ended)
	}
	out := []string{p.T(key, "at", at, "count", count, "taken", p.Value(n.Accepted), "withheld", p.Value(n.Withheld))}
	if m.State == domain.MailingPaused {
		out = append(out, p.T("delivery.state.paused_do"))
	}
	return out
}

func paceText(p *i18n.Printer, m domain.MailingPace) string {
	switch {
	case m.PerMinute == 0:
		return ""
	case m.Ends.IsZero():
		return p.T("delivery.pace", "count", m.PerMinute)
	}
	return p.T("delivery.pace_until", "count", m.PerMinute, "at", p.Instant(m.Ends))
}

// countLines are the letters by where they are; what there is none of is left out, but for those that went.
func (o *Office) countLines(c *gin.Context, m domain.Mailing, n domain.MailingCounts) []countLine {
	p, self := o.printer(c), o.path(c, "office_mailing_letters", m.UID)
	var out []countLine
	add := func(key string, n int, bad bool, fates ...domain.LetterFate) {
		if n == 0 && key != "taken" {
			return
		}
		at := self + "?" + findFate + "=" + key
		if n == 0 {
			at = ""
		}
		out = append(out, countLine{p.T(o.countKey(key)), at, n, bad})
	}
	add("failed", n.Failed, true)
	add("returned", n.Returned, true)
	add("deferred", n.Deferred, false)
	add("sending", n.Sending, false)
	add("queued", n.Queued-n.Deferred-n.Sending+n.Left, false)
	add("withheld", n.Withheld, false)
	add("taken", n.Accepted-n.Returned, false)
	return out
}

// countKey is the word for the letters of a choice: where letters are kept as files no mail server has them.
func (o *Office) countKey(choice string) string {
	if choice == "taken" && o.LettersKept {
		choice = "kept"
	}
	return "delivery.count." + choice
}

// fatesOf are the fates that a choice in the address stands for; nil for all.
func fatesOf(choice string) []domain.LetterFate {
	switch choice {
	case "queued":
		return []domain.LetterFate{domain.FateQueued, domain.FateLeft}
	case "taken":
		return []domain.LetterFate{domain.FateTaken, domain.FateDelayed}
	case "":
		return nil
	}
	return []domain.LetterFate{domain.LetterFate(shown(choice))}
}

// fateChoices are the choices of the list, in its order.
func fateChoices() []string {
	return []string{"failed", "returned", "deferred", "sending", "queued", "withheld", "taken"}
}

// doings are what can be done with a mailing as it stands.
func (o *Office) doings(c *gin.Context, m domain.Mailing, n domain.MailingCounts) []doing {
	p := o.printer(c)
	var out []doing
	add := func(may bool, t turn, kind string) {
		if may {
			out = append(out, doing{o.path(c, t.route, m.UID), p.T("delivery." + t.name + ".way"), kind})
		}
	}
	add(m.State == domain.MailingPaused, turnResume(), "")
	add(m.State != domain.MailingPaused && m.State != domain.MailingStopped && n.Failed > 0, turnRetry(), "")
	add(!m.State.Ended() && m.State != domain.MailingWaiting, turnStop(), "danger")
	return out
}

func (o *Office) sentFacts(p *i18n.Printer, m domain.Mailing) []fact {
	var out []fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, fact{p.T("delivery.fact." + key), value})
		}
	}
	if m.Auto.Kind != "" {
		add("approved", p.T("delivery.fact.automatic"))
	} else {
		add("written", m.By)
		add("approved", p.T("delivery.fact.approved_text", "who", m.ApprovedBy, "at", p.Instant(m.Approved)))
	}
	add("send_at", p.Instant(m.SendAt))
	if !m.Ended.IsZero() {
		add("ended", p.Instant(m.Ended))
	}
	add("recipients", p.Value(m.Recipients))
	if m.Audience.Swedish {
		add("language", p.T("delivery.fact.swedish"))
	}
	add("reply_to", m.ReplyTo)
	var files []string
	for _, f := range m.Files {
		files = append(files, p.T("delivery.fact.file", "name", f.Filename, "size", p.Value((f.Size+1023)/1024)))
	}
	add("files", strings.Join(files, "\n"))
	return out
}
