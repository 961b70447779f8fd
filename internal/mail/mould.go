package mail

import (
	htmltemplate "html/template"
	"reflect"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// In a rush, and in a mailing, letters come by the hundred that differ in nothing but what is the reader's
// own: her name, her link. Such letters are cast in one mould: the templates are filled once, with marks
// where those stand, and each letter is that with her own in the place of the marks. What the templates
// may tell is all in letter, so two letters that are equal but for what is marked need one mould; and one
// is used only where what it gave the first time was what the templates give.

const (
	mostMoulds  = 64 // events, kinds and languages at once
	likeOneself = 4  // shapes that are tried for each
)

// moulds are those in use.
type moulds struct {
	mu   sync.Mutex
	kept map[string][]*mould
}

// mould is what letters of one shape have in common.
type mould struct {
	shape letter // with marks for what is the reader's own

	mu      sync.Mutex
	state   mouldState
	subject cast
	text    cast // before its lines are broken
	html    cast
	broken  map[string][]string // the paragraphs of the plain part
}

type mouldState int

const (
	mouldSeen  mouldState = iota // one letter had this shape; it is not known that more will
	mouldReady                   // the casts are made
	mouldUnfit                   // this shape cannot be cast
)

// cast is a text cut at its marks.
type cast []piece

// piece is a text and which of the reader's own follows it; none for the last piece.
type piece struct {
	text string
	own  int
}

const none = -1

// own is what is the reader's own, in the order of the marks.
type own [11]string

const (
	ownName = iota
	ownLink
	ownReference
	ownReceived
	ownHeading
	ownHTML
	ownPlain
	ownComing
	ownNotComing
	ownManage
	ownEnd
)

// ownLinks are those of them that are addresses.
var ownLinks = [...]int{ownLink, ownComing, ownNotComing, ownManage, ownEnd}

// marks are letters alone, so that no escaping changes them, and short, so that no line is broken at them.
var marks = own{
	"qxNAMExq", "https://qxLINKxq.se/x", "qxREFERENCExq", "qxRECEIVEDxq", "qxHEADINGxq", "qxHTMLxq", "qxPLAINxq",
	"https://qxCOMINGxq.se/x", "https://qxNOTxq.se/x", "https://qxMANAGExq.se/x", "https://qxENDxq.se/x",
}

// ownOf is what is the reader's own in l; false where escaping might change it, or it could break a line
// that a mark would not.
func ownOf(l *letter) (own, bool) {
	o := own{ownName: l.Name, ownLink: l.Link, ownReference: l.Reference, ownReceived: l.ReceivedAt}
	if l.Words != nil {
		o[ownHeading], o[ownHTML], o[ownPlain] = l.Words.Heading, string(l.Words.HTML), l.Words.Plain
		o[ownComing], o[ownNotComing] = l.Words.Coming, l.Words.NotComing
	}
	if l.Asked != nil {
		o[ownManage], o[ownEnd] = l.Asked.Manage, l.Asked.End
	}
	for _, i := range [...]int{ownName, ownReference, ownReceived, ownHeading} {
		if !inert(o[i]) || i != ownHeading && utf8.RuneCountInString(o[i]) > maxGreeting+8 {
			return o, false
		}
	}
	for _, i := range ownLinks {
		if !plainLink(o[i]) {
			return o, false
		}
	}
	return o, true
}

// plainLink reports whether an address is the same wherever it stands.
func plainLink(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune(":/.-_", r)
	})
}

// inert reports whether s stands for itself wherever a template puts it.
func inert(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" \u00a0-–.,:()", r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// shapeOf is l with marks for what is the reader's own.
func shapeOf(l *letter, o own) letter {
	shape := *l
	mark := func(s *string, i int) {
		if o[i] != "" {
			*s = marks[i]
		}
	}
	mark(&shape.Name, ownName)
	mark(&shape.Link, ownLink)
	mark(&shape.Reference, ownReference)
	mark(&shape.ReceivedAt, ownReceived)
	if l.Words != nil {
		words := *l.Words
		words.Heading, words.HTML, words.Plain = marks[ownHeading], htmltemplate.HTML(marks[ownHTML]), marks[ownPlain] //nolint:gosec // a constant
		mark(&words.Coming, ownComing)
		mark(&words.NotComing, ownNotComing)
		shape.Words = &words
	}
	if l.Asked != nil {
		asked := *l.Asked
		mark(&asked.Manage, ownManage)
		mark(&asked.End, ownEnd)
		shape.Asked = &asked
	}
	return shape
}

// fill is the subject, the plain part and the HTML part of a letter.
func (c *Composer) fill(p pair, name string, l *letter) (text, html string, err error) {
	o, ok := ownOf(l)
	if !ok || c.Dev {
		return p.fill(l)
	}
	m := c.moulds.of(name+" "+l.EventLink, shapeOf(l, o))
	if m == nil {
		return p.fill(l)
	}
	m.mu.Lock()
	if m.state == mouldSeen {
		m.make(p, *l, o)
	}
	ready := m.state == mouldReady
	m.mu.Unlock()
	if !ready {
		return p.fill(l)
	}
	l.Subject = m.subject.with(o)
	return layOutKnowing(m.broken, m.text.with(o)), m.html.with(o), nil
}

// of is the mould of a shape, or nil where it has not come before.
func (s *moulds) of(name string, shape letter) *mould {
	s.mu.Lock()
	like := s.kept[name]
	s.mu.Unlock()
	for _, m := range like {
		if reflect.DeepEqual(&m.shape, &shape) {
			return m
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= mostMoulds {
		s.kept = map[string][]*mould{}
	}
	like = append([]*mould{{shape: shape}}, s.kept[name]...)
	s.kept[name] = like[:min(likeOneself, len(like))]
	return nil
}

// make casts the shape, and tries it with the letter at hand.
func (m *mould) make(p pair, l letter, o own) {
	m.state = mouldUnfit
	shape := m.shape
	text, err := shape.body(p.text)
	if err != nil {
		return
	}
	html, err := shape.html(p.html)
	if err != nil {
		return
	}
	m.subject, m.text, m.html, m.broken = cut(shape.Subject), cut(text), cut(html), paragraphs(text)
	if len(m.subject) > 1 && l.Words == nil { // it may have been shortened
		return
	}
	if text, err = l.body(p.text); err != nil || text != m.text.with(o) || l.Subject != m.subject.with(o) {
		return
	}
	if html, err = l.html(p.html); err != nil || html != m.html.with(o) {
		return
	}
	m.state = mouldReady
}

// cut is s cut at the marks.
func cut(s string) (out cast) {
	for {
		at, which := len(s), none
		for i, mark := range marks {
			if n := strings.Index(s, mark); n >= 0 && n < at {
				at, which = n, i
			}
		}
		out = append(out, piece{s[:at], which})
		if which == none {
			return out
		}
		s = s[at+len(marks[which]):]
	}
}

// with is the text with the reader's own.
func (c cast) with(o own) string {
	n := 0
	for _, p := range c {
		n += len(p.text)
		if p.own != none {
			n += len(o[p.own])
		}
	}
	var b strings.Builder
	b.Grow(n)
	for _, p := range c {
		b.WriteString(p.text)
		if p.own != none {
			b.WriteString(o[p.own])
		}
	}
	return b.String()
}
