package export

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// ArchiveOptions say how the archive of a mailing is made.
type ArchiveOptions struct {
	Printer  *i18n.Printer         // required: the language of the lists
	Progress func(done, total int) // nil for nobody
	Kept     bool                  // letters are kept as files, so none of them has been sent
}

// Archive writes a mailing for the archive to out as a zip file: the message in each language as .eml,
// and to whom it went and what became of each as a workbook and as text.
func Archive(ctx context.Context, out io.Writer, m domain.MailingArchive, o ArchiveOptions) error {
	z := zip.NewWriter(out)
	for _, l := range domain.Langs() {
		if raw, ok := m.Words[l]; ok {
			if err := addFile(z, o.Printer.T("archive.file.words")+"-"+string(l)+".eml", m, func(w io.Writer) error {
				_, err := w.Write(raw)
				return err
			}); err != nil {
				return fmt.Errorf("export: archive: %w", err)
			}
		}
	}
	list := o.Printer.T("archive.file.recipients")
	err := addFile(z, list+".xlsx", m, func(w io.Writer) error { return writeRecipients(ctx, w, m, o) })
	if err == nil {
		err = addFile(z, list+".csv", m, func(w io.Writer) error { return plainRecipients(ctx, w, m, o) })
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return fmt.Errorf("export: archive: %w", err)
	}
	return nil
}

func addFile(z *zip.Writer, name string, m domain.MailingArchive, write func(io.Writer) error) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: m.MadeAt})
	if err != nil {
		return err
	}
	return write(w)
}

// archiveColumn is a column of the list: its head, how wide it is, and what it holds of someone.
type archiveColumn struct {
	key   string
	width float64
	look  look
	value func(l domain.MailingLetter) any
}

func archiveColumns(o ArchiveOptions) []archiveColumn {
	p := o.Printer
	text := func(key string, width float64, value func(domain.MailingLetter) string) archiveColumn {
		return archiveColumn{key, width, lookText, func(l domain.MailingLetter) any { return oneLine(value(l)) }}
	}
	return []archiveColumn{
		text("name", 30, func(l domain.MailingLetter) string { return recipientName(p, l) }),
		text("organisation", 30, func(l domain.MailingLetter) string { return l.Organisation }),
		text("email", 34, func(l domain.MailingLetter) string { return l.Letter.To }),
		text("reference", 14, func(l domain.MailingLetter) string { return l.Ref }),
		text("event", 36, func(l domain.MailingLetter) string { return eventOf(p, l.Event) }),
		text("state", 30, func(l domain.MailingLetter) string { return fateOf(o, l.Fate) }),
		text("why", 40, func(l domain.MailingLetter) string {
			if t := l.Letter.Trouble(); t != domain.TroubleNone {
				return p.T("trouble." + string(t))
			}
			return ""
		}),
		{"queued", 20, lookInstant, func(l domain.MailingLetter) any { return l.Letter.QueuedAt }},
		{"taken", 20, lookInstant, func(l domain.MailingLetter) any { return l.Letter.AcceptedAt }},
		{"returned", 20, lookInstant, func(l domain.MailingLetter) any { return l.Letter.CameBack() }},
	}
}

// head is what stands above the column.
func (c archiveColumn) head(o ArchiveOptions) string {
	if o.Kept && c.key == "taken" {
		return o.Printer.T("archive.column.kept")
	}
	return o.Printer.T("archive.column." + c.key)
}

// fateOf is what has become of a letter, in words.
func fateOf(o ArchiveOptions, f domain.LetterFate) string {
	if o.Kept && f == domain.FateTaken {
		return o.Printer.T("letter_state.kept")
	}
	return o.Printer.T("fate." + string(f))
}

// recipientName is who got a letter, masked where the list masks her.
func recipientName(p *i18n.Printer, l domain.MailingLetter) string {
	switch {
	case l.ID == 0:
		return p.T("archive.subscriber", "host", l.Host)
	case l.Protected:
		return p.T("archive.protected")
	case l.FamilyName == "" || l.GivenName == "":
		return l.GivenName + l.FamilyName
	}
	return l.FamilyName + ", " + l.GivenName
}

func eventOf(p *i18n.Printer, e domain.PeopleEvent) string {
	if e.ID == 0 {
		return ""
	}
	return e.Title.In(p.Lang()) + ", " + e.Town + " " + e.Day.String()
}

func writeRecipients(ctx context.Context, out io.Writer, m domain.MailingArchive, o ArchiveOptions) error {
	list := domain.List{Title: m.Subject, MadeAt: m.MadeAt, MadeBy: m.MadeBy}
	w, err := newWorkbook(list, WorkbookOptions{Printer: o.Printer})
	if err != nil {
		return err
	}
	defer w.close()
	w.out = newPacker(ctx.Err, out)
	name := o.Printer.T("archive.sheet.recipients")
	if err := w.file.SetSheetName(w.file.GetSheetName(0), name); err != nil {
		return err
	}
	if err := w.recipients(name, m, o); err != nil {
		return err
	}
	about := o.Printer.T("archive.sheet.about")
	if _, err := w.file.NewSheet(about); err != nil {
		return err
	}
	if err := w.aboutMailing(about, m, o); err != nil {
		return err
	}
	return w.out.book(w.file)
}

func (w *workbook) recipients(name string, m domain.MailingArchive, o ArchiveOptions) error {
	s, err := w.open(name)
	if err != nil {
		return err
	}
	defer s.stop()
	columns := archiveColumns(o)
	var widths []float64
	var heads []cell
	for _, c := range columns {
		widths, heads = append(widths, c.width), append(heads, cell{c.head(o), w.styles.head})
	}
	s.columns(widths, 1, 1)
	if err := s.write(24, heads...); err != nil {
		return err
	}
	for i, l := range m.Letters {
		row := make([]cell, len(columns))
		for j, c := range columns {
			row[j] = cell{emptied(c.value(l)), w.styles.plain[c.look]}
		}
		if err := s.write(18, row...); err != nil {
			return err
		}
		if o.Progress != nil && i%500 == 0 {
			o.Progress(i, len(m.Letters))
		}
	}
	if err := s.filter(); err != nil {
		return err
	}
	s.paper = w.generalPaper(name)
	return s.close()
}

func (w *workbook) aboutMailing(name string, m domain.MailingArchive, o ArchiveOptions) error {
	s, err := w.open(name)
	if err != nil {
		return err
	}
	defer s.stop()
	s.columns([]float64{34, 70}, 0, 0)
	if err := s.write(28, cell{name, w.styles.title}); err != nil {
		return err
	}
	for _, f := range archiveFacts(m, o) {
		if err := w.fact(s, f); err != nil {
			return err
		}
	}
	s.paper = w.generalPaper(name)
	return s.close()
}

func archiveFacts(m domain.MailingArchive, o ArchiveOptions) []fact {
	p, state, taken := o.Printer, "office.mailing_state."+string(m.State), "archive.about.taken"
	if o.Kept {
		if taken = "archive.about.kept"; m.State == domain.MailingDone { // "sent" would be untrue
			state = "delivery.finished"
		}
	}
	about := func(key string) string { return p.T("archive.about." + key) }
	out := []fact{{about("subject"), oneLine(m.Subject.In(domain.Swedish)), lookWrapped}}
	if m.Subject.En != "" {
		out = append(out, fact{about("subject_en"), oneLine(m.Subject.En), lookWrapped})
	}
	for _, e := range m.Events {
		out = append(out, fact{about("event"), oneLine(eventOf(p, e)), lookWrapped})
	}
	at := func(key string, f fact) {
		if f.value = emptied(f.value); f.value != nil {
			f.label, f.look = about(key), lookInstant
			out = append(out, f)
		}
	}
	out = append(out, fact{about("by"), oneLine(m.By), lookWrapped}, fact{about("approved_by"), oneLine(m.ApprovedBy), lookWrapped})
	at("approved", fact{value: m.Approved})
	at("sent", fact{value: m.SendAt})
	at("ended", fact{value: m.Ended})
	out = append(out, fact{about("state"), p.T(state), lookWrapped},
		fact{about("recipients"), m.Total(), lookNumber}, fact{p.T(taken), m.Accepted - m.Returned, lookNumber},
		fact{about("returned"), m.Returned, lookNumber}, fact{about("failed"), m.Failed, lookNumber}, fact{about("withheld"), m.Withheld, lookNumber})
	for _, f := range m.Files {
		out = append(out, fact{about("file"), oneLine(f.Filename), lookWrapped})
	}
	out = append(out, fact{about("made_by"), oneLine(m.MadeBy), lookWrapped})
	at("made_at", fact{value: m.MadeAt})
	return append(out, fact{about("unfilled"), about("unfilled_text"), lookWrapped}, fact{about("protected"), about("protected_text"), lookWrapped})
}

// plainRecipients is the list as text.
func plainRecipients(ctx context.Context, out io.Writer, m domain.MailingArchive, o ArchiveOptions) error {
	columns := archiveColumns(o)
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = c.head(o)
	}
	return Plain(out, heads, func(row func([]string) error) error {
		for page := range slices.Chunk(m.Letters, 500) {
			for _, l := range page {
				cells := make([]string, len(columns))
				for i, c := range columns {
					cells[i] = wordsOf(c.value(l))
				}
				if err := row(cells); err != nil {
					return err
				}
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	})
}

// emptied is v on the clock of the day, or nil for a time that never was.
func emptied(v any) any {
	t, ok := v.(time.Time)
	switch {
	case ok && t.IsZero():
		return nil
	case ok:
		return t.In(domain.Stockholm()).Truncate(time.Second)
	}
	return v
}

func wordsOf(v any) string {
	switch v := emptied(v).(type) {
	case nil:
		return ""
	case time.Time:
		return v.Format("2006-01-02 15:04:05")
	case string:
		return v
	}
	return ""
}
