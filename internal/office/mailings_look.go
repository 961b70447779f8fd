package office

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// mailingLookPage is the last step: a letter as somebody will get it, who gets one and who does not, when it
// goes, and the button.
type mailingLookPage struct {
	Back    view.Crumb
	Step    string
	Faults  []view.Fault
	Notice  *view.Notice
	Heading string
	Lead    string
	Swedish *view.Notice // that those who have chosen English get the Swedish text
	Self    string
	Blocks  checkList // what keeps it from being sent
	Reader  *view.Field
	Letter  *mailingLetter
	None    string // why there is no letter to look at
	Test    *mailingTest
	To      recipientsPart
	Choose  string // where they are chosen; "" for those who have asked to be invited
	Action  string
	Hidden  []hidden
	Fields  []view.Field
	Button  string
	Drop    string
}

// mailingLetter is one letter: its head, its text, and where the page in it is.
type mailingLetter struct {
	Who   string
	Head  []fact
	Text  string
	Frame string
}

// mailingTest is the letter to oneself.
type mailingTest struct {
	Text   string
	Action string
	Langs  []view.Crumb
	Last   string
}

// The fields of the last step.
const (
	lookReader   = "reader"
	lookLang     = "lang"
	lookExpected = "expected"
	lookTyped    = "typed"
)

// mostReaders is how many recipients the preview offers to choose among.
const mostReaders = 100

func (o *Office) mailingLookShow(c *gin.Context) error {
	m, gone, err := o.draftOf(c)
	if err != nil || gone {
		return err
	}
	return o.showLook(c, nil, m, o.suggested(o.printer(c)))
}

// approvalTyped is when a mailing is to go, and the number, as they were typed.
type approvalTyped struct{ when, day, clock, number string }

// suggested is now, and beside it the next working day at nine.
func (o *Office) suggested(p *i18n.Printer) approvalTyped {
	day := domain.DateIn(o.Now()).AddWorkdays(1)
	return approvalTyped{when: whenNow, day: p.DateNoWeekday(day), clock: "09.00"}
}

// mailingLookDo lets it go. A button that was pressed twice leads to where it stands the second time too.
func (o *Office) mailingLookDo(c *gin.Context) error {
	m, gone, err := o.draftOf(c)
	if err != nil || gone {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldSeen, lookExpected, lookTyped, fieldWhen, fieldDay, fieldClock, lookReader})
	if err != nil {
		return err
	}
	typed := approvalTyped{when: in.Get(fieldWhen), day: in.Get(fieldDay), clock: in.Get(fieldClock), number: in.Get(lookTyped)}
	approval := service.Approval{Typed: typed.number}
	approval.Seen, _ = strconv.Atoi(in.Get(fieldSeen))
	approval.Expected, _ = strconv.Atoi(in.Get(lookExpected))
	switch typed.when {
	case whenNow:
	case whenAt:
		approval.At, err = domain.ReadWallTime(typed.day, typed.clock, domain.DateIn(o.Now()))
	default:
		err = &domain.Error{Code: domain.CodeInvalid, Key: "mailing.when.missing", Field: fieldWhen}
	}
	if err == nil {
		_, err = o.Mailings.Approve(c.Request.Context(), signedIn(c).Actor, m.UID, approval)
	}
	switch {
	case letGo(err):
		return o.lead(c, o.path(c, "office_mailing", m.UID))
	case err != nil:
		if now, gone := o.Mailings.Draft(c.Request.Context(), signedIn(c).Actor, m.UID); gone == nil {
			m = now
		}
		return o.showLook(c, err, m, typed)
	}
	return o.lead(c, o.path(c, "office_mailing", m.UID))
}

// showLook shows the step as it stands now, so that whoever was refused looks at what somebody else wrote.
func (o *Office) showLook(c *gin.Context, refusal error, m domain.Mailing, typed approvalTyped) error {
	p, status := o.printer(c), http.StatusOK
	ctx, a := c.Request.Context(), signedIn(c).Actor
	all, err := o.Mailings.Recipients(ctx, a, m.UID)
	if err != nil && domain.CodeOf(err) != domain.CodeConflict {
		return err
	}
	body := mailingLookPage{
		Back: view.Crumb{URL: o.path(c, "office_mailing_text", m.UID), Label: p.T("office.mailing_text.heading")}, Notice: done(p, c),
		Step: stepOf(p, 3), Heading: p.T("office.mailing_look.heading"), Lead: o.mailingTitle(c, m), Self: o.path(c, "office_mailing_look", m.UID),
		Action: o.path(c, "office_mailing_look", m.UID), Drop: o.path(c, "office_mailing_drop", m.UID),
	}
	if m.Kind != domain.MailingInvitation {
		body.Choose = o.path(c, "office_mailing_audience", m.UID)
	}
	if n := readEnglish(all); m.Audience.Swedish && n > 0 {
		body.Swedish = &view.Notice{Kind: "info", Title: p.T("office.mailing_look.swedish"), Text: p.T("office.mailing_text.swedish_means", "count", n)}
	}
	ready := o.Mailings.Ready(ctx, a, m.UID)
	if err := o.mailingBlocks(c, m, ready, reached(all), &body); err != nil {
		return err
	}
	query := ""
	if ready == nil {
		if query, err = o.mailingPreview(c, m, all, &body); err != nil {
			return err
		}
	}
	body.To = o.recipientsOf(c, m, all, body.Self)
	if n := reached(all); ready == nil && n > 0 {
		body.Hidden = []hidden{{fieldSeen, strconv.Itoa(m.Revision)}, {lookExpected, strconv.Itoa(n)}}
		body.Fields, body.Button = approvalFields(p, typed, n), p.T("office.mailing_look.button", "count", n)
	}
	if refusal != nil {
		if status, err = o.tellLook(c, refusal, &body); err != nil {
			return err
		}
	}
	return o.write(c, status, page{
		template: "mailing_look", route: "office_mailing_look", args: []string{m.UID}, menu: "office_mailings", query: query,
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Errors: len(body.Faults), Body: body},
	})
}

// mailingBlocks lists what keeps the mailing from being sent, each with the place where it is mended.
func (o *Office) mailingBlocks(c *gin.Context, m domain.Mailing, ready error, n int, body *mailingLookPage) error {
	p := o.printer(c)
	body.Blocks.Heading = p.T("office.mailing_look.blocks")
	if n == 0 {
		body.Blocks.Lines = append(body.Blocks.Lines, checkLine{
			Text: p.T("mailing.nobody"), URL: o.path(c, "office_mailing_audience", m.UID), Label: p.T("office.mailing_audience.heading"),
		})
	}
	faults := faultsOf(ready)
	if ready != nil && (len(faults) == 0 || domain.CodeOf(ready) == domain.CodeNotFound) {
		return ready
	}
	for _, f := range faults {
		line := checkLine{Text: p.T(ofStaff(p, f.Key), f.Args)}
		if f.Field != "" {
			line.URL, line.Label = o.path(c, "office_mailing_text", m.UID)+"#"+f.Field, p.T("office.mailing_text."+f.Field)
		}
		body.Blocks.Lines = append(body.Blocks.Lines, line)
	}
	return nil
}

func approvalFields(p *i18n.Printer, typed approvalTyped, n int) []view.Field {
	label := func(name string) string { return p.T("office.mailing_look." + name) }
	out := []view.Field{
		{
			Kind: view.FieldRadios, Name: fieldWhen, Label: label("when"), Values: []string{typed.when},
			Options: []view.Option{{Value: whenNow, Label: label("now"), Hint: label("now_hint")}, {Value: whenAt, Label: label("at")}},
		},
		{Name: fieldDay, Label: label("day"), Hint: label("day_hint"), Value: shown(typed.day), Width: "medium", NoSpelling: true},
		{Name: fieldClock, Label: label("clock"), Hint: label("clock_hint"), Value: shown(typed.clock), Width: "short", NoSpelling: true},
	}
	if n > domain.MailingTyped {
		out = append(out, view.Field{
			Name: lookTyped, Label: p.T("office.mailing_look.typed"), Hint: p.T("office.mailing_look.typed_hint", "count", n), Value: shown(typed.number), Width: "short",
			InputMode: "numeric", NoSpelling: true,
		})
	}
	return out
}

// tellLook marks what is wrong. That a time has passed is told at the day.
func (o *Office) tellLook(c *gin.Context, refusal error, body *mailingLookPage) (int, error) {
	faults := faultsOf(refusal)
	if len(faults) == 0 || domain.CodeOf(refusal) == domain.CodeNotFound {
		return 0, refusal
	}
	body.Notice = nil
	if domain.CodeOf(refusal) != domain.CodeInvalid || faults[0].Field == "" {
		status, notice := o.refused(c, faults[0])
		body.Notice = notice
		return status, nil
	}
	for i, f := range faults {
		if f.Field == "at" {
			moved := *f
			moved.Field = fieldDay
			faults = slices.Clone(faults)
			faults[i] = &moved
		}
	}
	body.Faults = told(o.printer(c), body.Fields, faults)
	return http.StatusUnprocessableEntity, nil
}

// mailingPreview chooses whose letter is looked at, and adds it. It answers the query of the page.
func (o *Office) mailingPreview(c *gin.Context, m domain.Mailing, all []domain.Recipient, body *mailingLookPage) (string, error) {
	p := o.printer(c)
	body.Test = o.mailingTest(c, m, all)
	readers := readersOf(p, m, all)
	if len(readers) == 0 {
		if reached(all) > 0 {
			body.None = p.T("office.mailing_look.none")
		}
		return "", nil
	}
	reader, query := c.Query(lookReader), ""
	i := slices.IndexFunc(readers, func(r view.Option) bool { return r.Value == reader })
	if i < 0 {
		i = 0
	} else {
		query = "?" + url.Values{lookReader: {reader}}.Encode()
	}
	body.Reader = &view.Field{
		Kind: view.FieldSelect, Name: lookReader, Label: p.T("office.mailing_look.reader"), Hint: p.T("office.mailing_look.reader_hint"),
		Values: []string{readers[i].Value}, Options: readers,
	}
	if m.Kind == domain.MailingInvitation { // a language is chosen, and nobody
		body.Reader.Label, body.Reader.Hint = p.T("office.mailing_look.reader_lang"), ""
	}
	raw, err := o.mailingBytes(c, m, all, readers[i].Value)
	if err != nil {
		return query, err
	}
	letter, err := service.ReadLetter(raw)
	if err != nil {
		return query, err
	}
	head := []fact{{p.T("office.mailing_look.from"), letter.Header("From")}, {p.T("office.mailing_look.to"), letter.Header("To")}}
	if to := letter.Header("Reply-To"); to != "" {
		head = append(head, fact{p.T("office.mailing_look.reply_to"), to})
	}
	head = append(head, fact{p.T("office.mailing_look.subject"), letter.Subject})
	for _, f := range letter.Files {
		head = append(head, fact{p.T("office.mailing_look.enclosed"), f.Name})
	}
	body.Letter = &mailingLetter{Who: readers[i].Label, Head: head, Text: letter.Text, Frame: o.path(c, "office_mailing_letter", m.UID, readers[i].Value)}
	return query, nil
}

// readersOf are those whose letter can be looked at, one of each language first, then by name. Nobody looks at the
// letter to someone with protected identity: her name is in it.
func readersOf(p *i18n.Printer, m domain.Mailing, all []domain.Recipient) []view.Option {
	var out, rest []view.Option
	seen := make(map[domain.Lang]bool)
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b domain.Recipient) int {
		return strings.Compare(domain.SortKey(a.FamilyName+" "+a.GivenName), domain.SortKey(b.FamilyName+" "+b.GivenName))
	})
	for _, r := range all {
		if r.Refusal != "" || r.Hidden {
			continue
		}
		o := view.Option{Value: r.Ref, Label: listName(p, r.Registration)}
		if m.Kind == domain.MailingInvitation {
			r.Lang = m.Audience.Lang(r.Lang)
			o = view.Option{Value: string(r.Lang), Label: p.T("office.mailing_text.heading_" + string(r.Lang))}
		} else if r.Lang == domain.English && m.Audience.Swedish {
			o.Label = p.T("office.mailing_look.gets_swedish", "name", o.Label)
		} else if r.Lang == domain.English {
			o.Label = p.T("office.mailing_look.reads_english", "name", o.Label)
		}
		switch first := !seen[r.Lang]; {
		case first:
			out = append(out, o)
			seen[r.Lang] = true
		case m.Kind != domain.MailingInvitation && len(rest) < mostReaders:
			rest = append(rest, o)
		}
	}
	return append(out, rest...)
}

// mailingBytes is the letter to the reader whom a reference number or, for those who are invited, a language
// means.
func (o *Office) mailingBytes(c *gin.Context, m domain.Mailing, all []domain.Recipient, reader string) ([]byte, error) {
	for _, r := range all {
		known := r.Ref
		if m.Kind == domain.MailingInvitation {
			known = string(m.Audience.Lang(r.Lang))
		}
		if r.Refusal != "" || r.Hidden || known != reader {
			continue
		}
		if m.Kind == domain.MailingInvitation {
			return o.Mailings.LookInvited(c.Request.Context(), signedIn(c).Actor, m.UID, r.Lang)
		}
		return o.Mailings.Look(c.Request.Context(), signedIn(c).Actor, m.UID, r.ID)
	}
	return nil, domain.NotFound("registration.not_found")
}

// mailingLetterShow is the page in a letter, for the frame alone: it may do nothing, load nothing and lead
// nowhere.
func (o *Office) mailingLetterShow(c *gin.Context) error {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	m, err := o.Mailings.Draft(ctx, a, c.Param("id"))
	if err == nil {
		err = o.Mailings.Ready(ctx, a, m.UID) // of what cannot be sent there is no letter
	}
	if err != nil {
		return domain.NotFound("mailing.not_found")
	}
	all, err := o.Mailings.Recipients(ctx, a, m.UID)
	if err != nil {
		return err
	}
	raw, err := o.mailingBytes(c, m, all, c.Param("name"))
	if err != nil {
		return err
	}
	letter, err := service.ReadLetter(raw)
	if err != nil {
		return err
	}
	return o.showLetterPage(c, letter.HTML)
}

// showLetterPage answers with the page in a letter. Only a page of ours may frame it.
func (o *Office) showLetterPage(c *gin.Context, html []byte) error {
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox")
	c.Data(http.StatusOK, "text/html; charset=utf-8", html)
	return nil
}

// mailingTest is the form for a letter to oneself, in each language that somebody reads, and what has become of
// the last one.
func (o *Office) mailingTest(c *gin.Context, m domain.Mailing, all []domain.Recipient) *mailingTest {
	p := o.printer(c)
	out := &mailingTest{Text: p.T("office.mailing_look.test_text"), Action: o.path(c, "office_mailing_test", m.UID)}
	if m.Kind == domain.MailingInvitation { // in it nobody is called by name
		out.Text = p.T("office.mailing_look.test_text_invitation")
	}
	english := !m.Audience.Swedish && (readEnglish(all) > 0 || m.Body.En != "")
	for _, l := range domain.Langs() {
		if l == domain.Swedish || english {
			out.Langs = append(out.Langs, view.Crumb{URL: string(l), Label: p.T("office.mailing_look.test_" + string(l))})
		}
	}
	if last, ok, err := o.Mailings.LastTest(c.Request.Context(), signedIn(c).Actor); err == nil && ok && o.Now().Sub(last.At) < 24*time.Hour {
		at := last.At
		if !last.Accepted.IsZero() {
			at = last.Accepted
		}
		out.Last = p.T("office.mailing_look.test_"+string(last.State), "to", last.To, "at", p.Instant(at))
	}
	return out
}

func (o *Office) mailingTestDo(c *gin.Context) error {
	m, gone, err := o.draftOf(c)
	if err != nil || gone {
		return err
	}
	in, err := server.ReadForm(c, []string{lookLang})
	if err != nil {
		return err
	}
	if _, err := o.Mailings.Test(c.Request.Context(), signedIn(c).Actor, m.UID, domain.Lang(in.Get(lookLang))); err != nil {
		return o.showLook(c, err, m, o.suggested(o.printer(c)))
	}
	return o.lead(c, o.path(c, "office_mailing_look", m.UID)+"?"+fieldDone+"=mailing_tested#test")
}
