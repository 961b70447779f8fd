package domain

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What is done with news and pages.
const (
	AuditNewsCreated     AuditAction = "news.created"
	AuditNewsSaved       AuditAction = "news.saved"
	AuditNewsPicture     AuditAction = "news.picture" // changed or taken away
	AuditNewsPublished   AuditAction = "news.published"
	AuditNewsScheduled   AuditAction = "news.scheduled"
	AuditNewsUnpublished AuditAction = "news.unpublished"
	AuditNewsRemoved     AuditAction = "news.removed" // and can be put back
	AuditNewsRestored    AuditAction = "news.restored"
	AuditNewsErased      AuditAction = "news.erased"
)

// The longest texts of an item, in characters, and the most links beside it.
const (
	MaxNewsBody  = 60_000
	MaxNewsLinks = 12
	MaxURL       = 600
)

// NewsEntry is an item as its editor holds it: what was typed, nothing cleaned or checked. The picture
// and the documents are no part of it: they are put in one by one.
type NewsEntry struct {
	Slug   string     `json:"slug,omitempty"`
	Title  Text       `json:"title,omitzero"`
	Lead   Text       `json:"lead,omitzero"`
	Body   Text       `json:"body,omitzero"`
	Links  []NewsLink `json:"links,omitempty"`
	Footer bool       `json:"footer,omitempty"`
}

// NewsEntryOf is an item as its editor begins with it.
func NewsEntryOf(n News) NewsEntry {
	return NewsEntry{Slug: n.Slug, Title: n.Title, Lead: n.Lead, Body: n.Body, Links: slices.Clone(n.Links), Footer: n.Footer}
}

// Mark tells entries apart.
func (in NewsEntry) Mark() string {
	data, err := json.Marshal(in)
	if err != nil {
		panic("domain: an entry is made of texts: " + err.Error())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// ReadNews is was with what an editor has filled in. Every fault is reported together as *Invalid, under
// "slug", "title_sv", "title_en", "lead_sv" … and RowField("links", n, "url" or "label_sv"). The address of
// what everyone can see already, and of what the program gives its address, is not changed.
func (n News) ReadNews(in NewsEntry, now time.Time) (News, error) {
	r := &eventReader{v: &Invalid{}}
	out := n
	if n.SlugOpen() && in.Slug != n.Slug {
		out.Slug = r.slug(in.Slug)
	}
	out.Title = r.text("title", in.Title, MaxEventTitle, false)
	if out.Title.Sv == "" && !r.faulty("title_sv") {
		r.v.Add("title_sv", "edit.title.missing", nil)
	}
	out.Lead = r.text("lead", in.Lead, MaxEventLead, true)
	out.Body = r.text("body", in.Body, MaxNewsBody, true)
	out.Footer = in.Footer && n.Kind == NewsPage
	out.Links = r.links(in.Links)
	if err := r.v.Err(); err != nil {
		return n, err
	}
	out.UpdatedAt = now
	return out, nil
}

// SlugOpen reports whether the address may still be chosen: nobody can have kept it yet.
func (n News) SlugOpen() bool {
	return n.State != NewsPublished && (n.Kind == NewsItem || n.Kind == NewsPage)
}

func (r *eventReader) slug(typed string) string {
	s, ok := CleanLine(typed)
	slug := cutSlug(slugWords(s), maxSlug)
	if !ok || slug == "" {
		r.v.Add("slug", "news.slug.missing", nil)
	}
	return slug
}

func (r *eventReader) links(typed []NewsLink) []NewsLink {
	var out []NewsLink
	for _, i := range r.most("links", len(typed), MaxNewsLinks) {
		l := typed[i]
		if l.Label.IsZero() && strings.TrimSpace(l.URL) == "" {
			continue
		}
		url := r.line(RowField("links", i, "url"), l.URL, MaxURL)
		if !isAddress(url) && !r.faulty(RowField("links", i, "url")) {
			r.v.Add(RowField("links", i, "url"), "news.link.wrong", nil)
		}
		label := r.text(RowField("links", i, "label"), l.Label, MaxEventLine, false)
		if label.IsZero() {
			r.v.Add(RowField("links", i, "label_sv"), "news.link.label", nil)
		}
		out = append(out, NewsLink{Label: label, URL: url})
	}
	return out
}

// isAddress reports whether s is where a link may lead: the web, a mailbox, or a page of ours.
func isAddress(s string) bool {
	if strings.ContainsAny(s, " \"<>\\") {
		return false
	}
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if rest, ok := strings.CutPrefix(s, scheme); ok {
			return rest != "" && !strings.HasPrefix(rest, "/")
		}
	}
	return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//")
}

// NewsFieldClash is a field that somebody else has changed since an editor began.
type NewsFieldClash struct {
	Field        string // "title_sv", "links", "footer"
	Theirs, Mine string // as they are shown
	Both         bool   // the editor has changed it too, to something else
}

// NewsClash says that an item was saved by someone else while an editor had it open. Nothing is lost:
// Merged is both, hers where both have changed the same, and the other's words are in Fields. It unwraps
// to an *Error of class CodeConflict, "news.edited_meanwhile".
type NewsClash struct {
	Fields []NewsFieldClash
	By     string // who saved last, "" where it was no editor
	At     time.Time
	Merged NewsEntry
	Mark   string // what Merged is to be sent with
}

// Error tells that there is a clash and not of what.
func (c *NewsClash) Error() string { return c.Unwrap().Error() }

// Unwrap is the refusal as any page can tell it.
func (c *NewsClash) Unwrap() error { return &Error{Code: CodeConflict, Key: "news.edited_meanwhile"} }

// newsField is one thing that two editors can differ in.
type newsField struct {
	name  string
	shown func(in NewsEntry) string
	take  func(to *NewsEntry, from NewsEntry)
}

func newsFields() []newsField {
	line := func(name string, of func(in *NewsEntry) *string) newsField {
		return newsField{
			name, func(in NewsEntry) string { return strings.ReplaceAll(*of(&in), "\r\n", "\n") },
			func(to *NewsEntry, from NewsEntry) { *of(to) = *of(&from) },
		}
	}
	return []newsField{
		line("slug", func(in *NewsEntry) *string { return &in.Slug }),
		line("title_sv", func(in *NewsEntry) *string { return &in.Title.Sv }),
		line("title_en", func(in *NewsEntry) *string { return &in.Title.En }),
		line("lead_sv", func(in *NewsEntry) *string { return &in.Lead.Sv }),
		line("lead_en", func(in *NewsEntry) *string { return &in.Lead.En }),
		line("body_sv", func(in *NewsEntry) *string { return &in.Body.Sv }),
		line("body_en", func(in *NewsEntry) *string { return &in.Body.En }),
		{"links", shownLinks, func(to *NewsEntry, from NewsEntry) { to.Links = slices.Clone(from.Links) }},
		{"footer", func(in NewsEntry) string { return strconv.FormatBool(in.Footer) }, func(to *NewsEntry, from NewsEntry) { to.Footer = from.Footer }},
	}
}

func shownLinks(in NewsEntry) string {
	var lines []string
	for _, l := range in.Links {
		if !l.Label.IsZero() || l.URL != "" {
			lines = append(lines, joinShown([]string{l.Label.Sv, l.Label.En, l.URL}, " · "))
		}
	}
	return strings.Join(lines, "\n")
}

// Changed names the fields in which two entries differ, in the order of the form.
func (in NewsEntry) Changed(to NewsEntry) []string {
	var names []string
	for _, f := range newsFields() {
		if f.shown(in) != f.shown(to) {
			names = append(names, f.name)
		}
	}
	return names
}

// CompareNews is the clash between what an editor began with, what stands there now and what she wants;
// nil where nobody else has changed anything that she has not changed to the same. Where it is not known
// what she began with (known is false), every difference is one that both have made.
func CompareNews(was NewsEntry, known bool, theirs, mine NewsEntry) *NewsClash {
	c := &NewsClash{Merged: mine, Mark: theirs.Mark()}
	for _, f := range newsFields() {
		a, b, m := f.shown(was), f.shown(theirs), f.shown(mine)
		if b == m || (known && a == b) {
			continue
		}
		both := !known || a != m
		if !both {
			f.take(&c.Merged, theirs)
		}
		c.Fields = append(c.Fields, NewsFieldClash{Field: f.name, Theirs: b, Mine: m, Both: both})
	}
	if len(c.Fields) == 0 {
		return nil
	}
	return c
}

// Checklist is what is missing or looks wrong in the item, duties first. Field names the field or the part
// that mends it: "title", "lead", "body", "picture", "documents".
func (n News) Checklist() []Check {
	c := checking{}
	if n.Title.Sv == "" {
		c.block("title", "title.missing")
	}
	if n.Body.Sv == "" && n.Kind != NewsContact {
		c.advise("body", "body.missing", nil)
	}
	if n.Lead.Sv == "" && n.Kind == NewsItem {
		c.advise("lead", "lead.missing", nil)
	}
	if n.Picture.AltMissing() {
		c.block("picture", "picture.alt_missing")
	}
	if slices.ContainsFunc(n.Documents, func(d Document) bool { return d.Title.Sv == "" }) {
		c.block("documents", "documents.title_missing")
	}
	texts := []writtenText{{"title", n.Title, false, true}, {"lead", n.Lead, false, true}, {"body", n.Body, true, true}}
	if !n.Picture.IsZero() && !n.Picture.Decorative {
		texts = append(texts, writtenText{"picture", n.Picture.Alt, false, true})
	}
	c.words(texts)
	slices.SortStableFunc(c.out, func(a, b Check) int { return cmp.Compare(rankOf(a.Level), rankOf(b.Level)) })
	return c.out
}

// ReadPicture is what is told of a picture. Faults, for "alt_sv", "alt_en" and "credit": a text does not fit,
// or a picture that says something has no words. A picture that says nothing has none.
func ReadPicture(alt Text, decorative bool, credit string) (Picture, error) {
	r := &eventReader{v: &Invalid{}}
	p := Picture{Decorative: decorative, Credit: r.line("credit", credit, MaxEventLine)}
	if alt = r.text("alt", alt, MaxEventNote, false); !decorative {
		p.Alt = alt
		if alt.Sv == "" && !r.faulty("alt_sv") {
			r.v.Add("alt_sv", "news.alt.missing", nil)
		}
	}
	return p, r.v.Err()
}

// ReadWallTime is the instant when the clocks in Sweden show an hour on a day, as both were typed. Faults,
// for "day" and "clock": they cannot be read, or there is no such hour on the day, since the clocks go
// forward past it ("news.no_such_hour"). An hour that comes twice is the first.
func ReadWallTime(day, clock string, ref Date) (time.Time, error) {
	v := &Invalid{}
	d, hint, ok := ReadDateInput(day, ref)
	if !ok {
		v.Add("day", hint, map[string]any{"day": d})
	}
	c, clockHint, ok := ReadClockInput(clock)
	if !ok {
		v.Add("clock", clockHint, nil)
	}
	if err := v.Err(); err != nil {
		return time.Time{}, err
	}
	at := d.At(c)
	if at.Hour()*60+at.Minute() != int(c) {
		v.Add("clock", "news.no_such_hour", map[string]any{"day": d})
		return time.Time{}, v.Err()
	}
	if before := at.Add(-time.Hour); before.Hour() == at.Hour() && DateOf(before) == d {
		at = before
	}
	return at.UTC(), nil
}
