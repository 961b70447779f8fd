package office

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// mailingTextPage is the second step: the words, in the languages of those who get them, and the files. What is
// written is kept when a file is enclosed or taken out, so that nothing is lost on the way.
type mailingTextPage struct {
	Back    view.Crumb
	Step    string
	Faults  []view.Fault
	Notice  *view.Notice
	Heading string
	Lead    string
	Clash   *mailingClash
	Action  string
	Seen    int
	Parts   []mailingWords
	ReplyTo view.Field
	File    view.Field
	Files   []mailingFileRow
	Sum     int64 // of their sizes
	Drop    string
}

// mailingWords is the words in one language.
type mailingWords struct {
	Lang          domain.Lang
	Heading, Hint string
	Instead       *view.Field // to send the Swedish text to everyone; nil where nobody has chosen English
	Subject, Body view.Field
	Places        []mailingPlace
}

// mailingPlace is a placeholder as it is written, and what it stands for.
type mailingPlace struct{ Word, Label string }

type mailingFileRow struct {
	ID       int64
	Filename string
	Size     int64
}

// The fields of the second step.
const (
	fieldReplyTo = "reply_to"
	fieldSwedish = "swedish"
	fieldFile    = "file"
	fieldDrop    = "drop"
	stepAttach   = "attach"
)

func wordsFieldNames() []string {
	return []string{"subject_sv", "subject_en", "body_sv", "body_en", fieldSwedish, fieldReplyTo, fieldSeen, fieldStep, fieldDrop}
}

func (o *Office) mailingTextShow(c *gin.Context) error {
	m, gone, err := o.draftOf(c)
	if err != nil || gone {
		return err
	}
	return o.showText(c, nil, m, m.MailingEntry, m.Revision)
}

// mailingTextDo keeps the words, encloses what was chosen, and goes on where it was asked to: to the look when
// nothing is wrong, to the question about a file that is to be taken out, or back to the words.
func (o *Office) mailingTextDo(c *gin.Context) error {
	m, gone, err := o.draftOf(c)
	if err != nil || gone {
		return err
	}
	in, files, err := server.ReadUpload(c, []string{fieldFile}, wordsFieldNames())
	if server.TooLarge(err) {
		c.Header("Connection", "close")
		return o.showText(c, fileFault("mailing.files.too_large", "max", domain.MailingFiles>>20), m, m.MailingEntry, m.Revision)
	}
	if err != nil {
		return err
	}
	entry, seen := readWords(in, m.MailingEntry), 0
	if seen, err = strconv.Atoi(in.Get(fieldSeen)); err != nil {
		seen = 0
	}
	ctx, a := c.Request.Context(), signedIn(c).Actor
	if err := o.saveWords(c, m, entry, seen); err != nil {
		return o.refusedWords(c, err, m, entry, seen)
	}
	if f, ok := files[fieldFile]; ok {
		if err := o.Mailings.Enclose(ctx, a, m.UID, f.Filename, f.Content); err != nil {
			return o.refusedWords(c, err, m, entry, 0)
		}
	} else if in.Get(fieldStep) == stepAttach {
		return o.refusedWords(c, fileFault("mailing.files.missing"), m, entry, 0)
	}
	self := o.path(c, "office_mailing_text", m.UID)
	switch {
	case in.Get(fieldDrop) != "":
		return o.lead(c, o.path(c, "office_mailing_file", m.UID, shown(in.Get(fieldDrop))))
	case in.Get(fieldStep) == stepAttach:
		return o.lead(c, self+"?"+fieldDone+"=mailing_enclosed#"+fieldFile)
	case in.Get(fieldStep) != stepNext:
		return o.lead(c, self+"?"+fieldDone+"=mailing_saved")
	}
	if err := o.Mailings.Ready(ctx, a, m.UID); err != nil { // what is written is kept, and cannot be sent
		return o.refusedWords(c, err, m, entry, 0)
	}
	return o.lead(c, o.path(c, "office_mailing_look", m.UID))
}

func fileFault(key string, args ...any) error {
	e := &domain.Error{Code: domain.CodeInvalid, Key: key, Field: fieldFile}
	if len(args) == 2 {
		e.Args = map[string]any{args[0].(string): args[1]}
	}
	return e
}

func readWords(in url.Values, e domain.MailingEntry) domain.MailingEntry {
	e.Subject = domain.Text{Sv: in.Get("subject_sv"), En: in.Get("subject_en")}
	e.Body = domain.Text{Sv: in.Get("body_sv"), En: in.Get("body_en")}
	e.ReplyTo, e.Audience.Swedish = in.Get(fieldReplyTo), in.Get(fieldSwedish) == "yes"
	return e
}

// saveWords keeps the words. Where somebody has kept the very same meanwhile, it is a button that was pressed
// twice.
func (o *Office) saveWords(c *gin.Context, m domain.Mailing, entry domain.MailingEntry, seen int) error {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	err := o.Mailings.Save(ctx, a, m.UID, seen, entry)
	if domain.CodeOf(err) != domain.CodeConflict {
		return err
	}
	now, gone := o.Mailings.Draft(ctx, a, m.UID)
	if gone != nil {
		return gone
	}
	clean, wrong := domain.NewMailing(entry)
	same := clean.Subject == now.Subject && clean.Body == now.Body && clean.ReplyTo == now.ReplyTo
	if wrong == nil && same && clean.Audience.Swedish == now.Audience.Swedish {
		return nil
	}
	return err
}

// refusedWords shows the words again with what is wrong. seen is 0 where they have been kept.
func (o *Office) refusedWords(c *gin.Context, refusal error, m domain.Mailing, entry domain.MailingEntry, seen int) error {
	if letGo(refusal) {
		return o.lead(c, o.path(c, "office_mailing", m.UID))
	}
	now, err := o.Mailings.Draft(c.Request.Context(), signedIn(c).Actor, m.UID)
	if err != nil {
		return err
	}
	if seen == 0 || domain.CodeOf(refusal) == domain.CodeConflict {
		seen = now.Revision
	}
	return o.showText(c, refusal, now, entry, seen)
}

func (o *Office) showText(c *gin.Context, refusal error, m domain.Mailing, e domain.MailingEntry, seen int) error {
	p, status := o.printer(c), http.StatusOK
	all, err := o.Mailings.Recipients(c.Request.Context(), signedIn(c).Actor, m.UID)
	if err != nil && domain.CodeOf(err) != domain.CodeConflict {
		return err
	}
	body := mailingTextPage{
		Back: view.Crumb{URL: o.path(c, "office_mailing_audience", m.UID), Label: p.T("office.mailing_audience.heading")}, Notice: done(p, c),
		Step: stepOf(p, 2), Heading: p.T("office.mailing_text.heading"), Lead: p.T("office.mailing.to", "count", reached(all)),
		Action: o.path(c, "office_mailing_text", m.UID), Seen: seen, Drop: o.path(c, "office_mailing_drop", m.UID),
		ReplyTo: view.Field{
			Kind: view.FieldEmail, Name: fieldReplyTo, Label: p.T("office.mailing_text.reply_to"), Hint: p.T("office.mailing_text.reply_to_hint"),
			Value: shown(e.ReplyTo), Optional: true, NoSpelling: true,
		},
		File: view.Field{
			Name: fieldFile, Label: p.T("office.mailing_text.file"),
			Hint: p.T("office.mailing_text.file_hint", "max", domain.MailingFiles>>20, "count", domain.MailingMostFiles),
		},
	}
	for _, f := range m.Files {
		body.Files = append(body.Files, mailingFileRow{f.ID, f.Filename, int64(f.Size)})
		body.Sum += int64(f.Size)
	}
	english := readEnglish(all)
	if english > 0 { // told before anything is written
		body.Lead += ". " + p.T("office.mailing_text.of_them_english", "count", english)
	}
	body.Parts = []mailingWords{wordsIn(p, m.Kind, e, domain.Swedish, 0), wordsIn(p, m.Kind, e, domain.English, english)}
	if refusal != nil {
		if status, err = o.tellWords(c, refusal, m, e, &body); err != nil {
			return err
		}
	} else { // a draft is kept with what is wrong in it, which is told at once and not at the end
		m.MailingEntry = e
		markWords(p, &body, faultsOf(m.Slips()))
	}
	return o.write(c, status, page{
		template: "mailing_text", route: "office_mailing_text", args: []string{m.UID}, menu: "office_mailings",
		Page: view.Page{Title: body.Heading + " – " + mailingName(p, m), Errors: len(body.Faults), Body: body},
	})
}

// only is a text in one language, "" where there is none.
func only(t domain.Text, l domain.Lang) string {
	if l == domain.English {
		return t.En
	}
	return t.Sv
}

func wordsIn(p *i18n.Printer, k domain.MailingKind, e domain.MailingEntry, l domain.Lang, english int) mailingWords {
	name := func(field string) string { return field + "_" + string(l) }
	w := mailingWords{
		Lang: l, Heading: p.T("office.mailing_text.heading_" + string(l)),
		Subject: view.Field{Name: name("subject"), Label: p.T("office.mailing_text." + name("subject")), Value: shown(only(e.Subject, l))},
		Body: view.Field{
			Kind: view.FieldLongText, Name: name("body"), Label: p.T("office.mailing_text." + name("body")), Value: shown(only(e.Body, l)), Max: domain.MailingMostBody,
		},
	}
	if l == domain.English {
		w.Hint = p.T("office.mailing_text.english_none")
		switch {
		case e.Audience.Swedish:
			w.Hint = p.T("office.mailing_text.english_left")
		case english > 0:
			w.Hint = p.T("office.mailing_text.english", "count", english)
		}
		left := english == 0 || e.Audience.Swedish
		w.Subject.Optional, w.Body.Optional = left, left
		if english > 0 || e.Audience.Swedish {
			w.Instead = swedishToAll(p, e, english)
		}
	}
	for _, place := range k.Placeholders() {
		w.Places = append(w.Places, mailingPlace{"{" + place.Word(l) + "}", p.T("office.mailing_place." + string(place))})
	}
	return w
}

// swedishToAll is the choice to do without an English text, with what it means.
func swedishToAll(p *i18n.Printer, e domain.MailingEntry, english int) *view.Field {
	f := &view.Field{
		Kind: view.FieldCheckboxes, Name: fieldSwedish, Label: p.T("office.mailing_text.instead"), Optional: true,
		Options: []view.Option{{Value: "yes", Label: p.T("office.mailing_text.swedish"), Hint: p.T("office.mailing_text.swedish_means", "count", english)}},
	}
	if e.Audience.Swedish {
		f.Values = []string{"yes"}
	}
	return f
}

// readEnglish is how many of those who get it have chosen English.
func readEnglish(all []domain.Recipient) (n int) {
	for _, r := range all {
		if r.Refusal == "" && r.Lang == domain.English {
			n++
		}
	}
	return n
}

// tellWords marks the fields that are wrong, with every line where something is, or shows what somebody else
// has written meanwhile.
func (o *Office) tellWords(c *gin.Context, refusal error, m domain.Mailing, e domain.MailingEntry, body *mailingTextPage) (int, error) {
	p := o.printer(c)
	body.Notice = nil
	if domain.CodeOf(refusal) == domain.CodeConflict {
		body.Clash = clashOfMailing(p, m, e)
		return http.StatusConflict, nil
	}
	faults := faultsOf(refusal)
	if len(faults) == 0 || domain.CodeOf(refusal) == domain.CodeNotFound {
		return 0, refusal
	}
	var invalid *domain.Invalid
	if !errors.As(refusal, &invalid) && faults[0].Field == "" { // it concerns no field
		status, notice := o.refused(c, faults[0])
		body.Notice = notice
		return status, nil
	}
	markWords(p, body, faults)
	return http.StatusUnprocessableEntity, nil
}

// markWords marks the fields that are wrong.
func markWords(p *i18n.Printer, body *mailingTextPage, faults []*domain.Error) {
	var fields []*view.Field
	for i := range body.Parts {
		part := &body.Parts[i]
		if part.Instead != nil {
			fields = append(fields, part.Instead)
		}
		fields = append(fields, &part.Subject, &part.Body)
	}
	for _, f := range append(fields, &body.ReplyTo, &body.File) {
		body.Faults = append(body.Faults, toldAll(p, f, faults)...)
	}
}

// toldAll marks a field with everything that is wrong in it: each placeholder has a line of its own.
func toldAll(p *i18n.Printer, f *view.Field, faults []*domain.Error) (out []view.Fault) {
	for _, fault := range faults {
		if fault.Field != f.Name {
			continue
		}
		text := p.T(ofStaff(p, fault.Key), fault.Args)
		if strings.Contains(f.Error, text) {
			continue
		}
		listed := text
		if strings.HasSuffix(f.Name, "_en") { // in the list at the top of the page the field is not seen
			listed = f.Label + ". " + text
		}
		out = append(out, view.Fault{Field: f.Name, Text: listed})
		if f.Error != "" {
			f.Error += ". "
		}
		f.Error += text
	}
	return out
}

// mailingClash is what somebody else has written where the writer has written something else.
type mailingClash struct {
	Text string
	Rows []mailingClashRow
}

type mailingClashRow struct{ Label, Theirs string }

func clashOfMailing(p *i18n.Printer, now domain.Mailing, mine domain.MailingEntry) *mailingClash {
	out := &mailingClash{Text: p.T("office.mailing_clash.text", "at", p.Instant(now.Changed))}
	for _, f := range []struct{ name, theirs, mine string }{
		{"subject_sv", now.Subject.Sv, mine.Subject.Sv},
		{"body_sv", now.Body.Sv, mine.Body.Sv},
		{"subject_en", now.Subject.En, mine.Subject.En},
		{"body_en", now.Body.En, mine.Body.En},
		{fieldReplyTo, now.ReplyTo, mine.ReplyTo},
	} {
		clean, _ := domain.CleanText(f.mine)
		if f.theirs != clean {
			out.Rows = append(out.Rows, mailingClashRow{p.T("office.mailing_text." + f.name), f.theirs})
		}
	}
	if theirs := now.Audience.Swedish; theirs != mine.Audience.Swedish {
		word := map[bool]string{true: "yes", false: "no"}[theirs]
		out.Rows = append(out.Rows, mailingClashRow{p.T("office.mailing_text.swedish"), p.T("office.mailing_text.swedish_" + word)})
	}
	return out
}

// mailingFileOf is a file of a draft that the address names by its number.
func (o *Office) mailingFileOf(c *gin.Context) (m domain.Mailing, f domain.MailingFile, gone bool, err error) {
	if m, gone, err = o.draftOf(c); err != nil || gone {
		return m, f, gone, err
	}
	i := slices.IndexFunc(m.Files, func(f domain.MailingFile) bool { return strconv.FormatInt(f.ID, 10) == c.Param("name") })
	if i < 0 {
		return m, f, false, domain.NotFound("mailing.not_found")
	}
	return m, m.Files[i], false, nil
}

func (o *Office) mailingFileShow(c *gin.Context) error {
	m, f, gone, err := o.mailingFileOf(c)
	if err != nil || gone {
		return err
	}
	p := o.printer(c)
	back := view.Crumb{URL: o.path(c, "office_mailing_text", m.UID), Label: p.T("office.mailing_text.heading")}
	id := strconv.FormatInt(f.ID, 10)
	return o.answer(c, nil, "office_mailing_file", "office_mailings", formPage{
		Back: &back, Heading: p.T("office.mailing_file.heading", "name", f.Filename), Lead: mailingName(p, m), Text: []string{p.T("office.mailing_file.text")},
		Action: o.path(c, "office_mailing_file", m.UID, id), Buttons: []button{{Label: p.T("office.mailing_file.button")}},
		Keep: &view.Crumb{URL: back.URL, Label: p.T("office.mailing_file.keep")},
	}, m.UID, id)
}

func (o *Office) mailingFileDo(c *gin.Context) error {
	m, f, gone, err := o.mailingFileOf(c)
	if err != nil || gone {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if err := o.Mailings.TakeOut(c.Request.Context(), signedIn(c).Actor, m.UID, f.ID); err != nil {
		return err
	}
	return o.lead(c, o.path(c, "office_mailing_text", m.UID)+"?"+fieldDone+"=mailing_taken_out#"+fieldFile)
}
