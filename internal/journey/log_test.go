package journey_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/temadag/temadag/internal/domain"
)

// grudging is a mail server that takes no letter, and repeats in each answer whom it was for and what she is called,
// as some do.
type grudging struct{ asked atomic.Int64 }

func (g *grudging) NewSession(*smtp.Conn) (smtp.Session, error) { return &grudge{g}, nil }

type grudge struct{ all *grudging }

func (*grudge) Mail(string, *smtp.MailOptions) error { return nil }
func (*grudge) Reset()                               {}
func (*grudge) Logout() error                        { return nil }
func (*grudge) Data(io.Reader) error                 { return nil }

func (g *grudge) Rcpt(to string, _ *smtp.RcptOptions) error {
	said := "<" + to + "> Kvitterlina Zwitschermark, 070-174 06 77, is not welcome"
	switch g.all.asked.Add(1) % 3 {
	case 1:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: said}
	case 2:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: said}
	}
	return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: said}
}

// talkative is everything that those people say of themselves, and what others say of them. It stands nowhere else.
func talkative() []string {
	return []string{
		"Kvitterlina", "Zwitschermark", "pippifagel", "kanariebur", "070-174 06 77", "Burverket", "näbbvårdare",
		firstNeed, secondNeed, "varför kvittrar grannens papegoja", "Tjattersine", "Gnissel", "näbbvärk i morse",
		"Skymningsrut", "Hemligberg", "070-174 06 78", "Uggleboet",
	}
}

// TestLog_tellsOfNobody: people whose every word is found nowhere else register, look, hand over, cancel, go astray,
// meet with faults of ours and of the mail server, and are searched for, protected and written to by staff. The log,
// with everything that it can tell, holds none of it, and no link and no token.
func TestLog_tellsOfNobody(t *testing.T) {
	t.Parallel()
	p := furnished(t, autumn()...)
	p.env = append(p.env, "TEMADAG_RATE_LIMIT=off", "TEMADAG_LOG_LEVEL=debug")
	started := time.Now()
	p.start()
	l := &life{t: t, p: p, v: newVisitor(t)}
	l.v.album = &l.album
	l.birds()
	staff := l.staff(started)
	l.astray()
	p.stop()
	l.refused()
	p.stop()

	secrets := append(talkative(), staff...)
	for _, d := range l.album {
		secrets = append(secrets, tokens(d.url.Path)...)
	}
	for _, path := range p.letterFiles() {
		raw, err := os.ReadFile(path)
		must(t, err)
		for _, link := range readLetter(t, raw).links() {
			if u, err := url.Parse(link); err == nil && strings.HasPrefix(link, p.base()) {
				secrets = append(secrets, tokens(u.Path)...)
			}
		}
	}
	log := p.said.String()
	for _, want := range []string{`"level":"DEBUG"`, `"level":"INFO"`, `"level":"WARN"`, `"level":"ERROR"`, "letter not taken", "request failed", `"status":404`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %s: this test sees too little", want)
		}
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(secrets)))); n < len(talkative())+10 {
		t.Errorf("only %d things are looked for", n)
	}
	for _, finding := range leaks(log, secrets) {
		t.Error(finding)
	}
	twins(t, l, secrets)
}

// twins are logs with the defence removed: by address instead of by pattern, with what a form or the mail server said,
// in the ways in which loggers write it.
func twins(t *testing.T, l *life, secrets []string) {
	var page *document
	for _, d := range l.album {
		if strings.HasPrefix(d.url.Path, "/min-anmalan/") {
			page = d
		}
	}
	for name, say := range map[string]func(log *slog.Logger){
		"the address": func(log *slog.Logger) { log.Info("request", "url", page.url.String()) },
		"the path":    func(log *slog.Logger) { log.Debug("request", "path", page.url.Path) },
		"the query": func(log *slog.Logger) {
			log.Info("request", "query", url.Values{"q": {"Skymningsrut Hemligberg"}}.Encode())
		},
		"the form":            func(log *slog.Logger) { log.Info("registered", "entry", canary()) },
		"the form, encoded":   func(log *slog.Logger) { log.Info("registered", "form", canary().Encode()) },
		"the mail server":     func(log *slog.Logger) { log.Warn("letter not taken", "error", "550 <PIPPIFAGEL@example.se> unknown") },
		"the phone otherwise": func(log *slog.Logger) { log.Warn("no text message", "to", "+46701740677") },
		"free text, quoted":   func(log *slog.Logger) { log.Error("failed", "error", fmt.Sprintf("%+q", "Näbbvärk i morse")) },
		"a line of its own":   nil,
	} {
		var b bytes.Buffer
		if say == nil {
			b.WriteString("http: panic serving Kvitterlina\n")
		} else {
			say(slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})))
		}
		if len(leaks(b.String(), secrets)) == 0 {
			t.Errorf("the twin that logs %s is not found out: %s", name, b.String())
		}
	}
	if found := leaks(`{"level":"INFO","msg":"request","route":"own","pattern":"/min-anmalan/:token","status":200}`+"\n", secrets); len(found) > 0 {
		t.Errorf("found in nothing: %v", found)
	}
}

// birds: one hands over to another, a third cancels; all say much.
func (l *life) birds() {
	l.t.Helper()
	l.v.open(l.p.base() + "/tillfalle/temadag-umea/anmalan")
	said := with(canary(), url.Values{"diet_text": {firstNeed}, "access_text": {secondNeed}})
	for _, n := range find(l.v.page.root, "textarea", "input") {
		if name, kind := attr(n, "name"), attr(n, "type"); strings.HasPrefix(name, "question") && (kind == "" || kind == "text") {
			said.Set(name, "Varför kvittrar grannens papegoja?")
		}
	}
	l.finish(said)
	bird := l.guest(domain.LetterConfirmed, canary().Get("email"))
	bird.open("Kvitterlina", firstNeed)
	if l.p.count("SELECT count(*) FROM registrations WHERE answers LIKE '%grannens papegoja%'") != 1 {
		l.t.Error("nobody has answered a question in her own words")
	}
	bird.way("Överlåt platsen till en kollega")
	l.v.press("Överlåt platsen", url.Values{"given_name": {"Tjattersine"}, "family_name": {"Gnissel"}, "email": {"tjatter@kanariebur.example.se"}})
	l.guest(domain.LetterReceived, "tjatter@kanariebur.example.se").open("Tjattersine")
	third := l.arrive("temadag-lulea", with(canary(), url.Values{"email": {"tredje@kanariebur.example.se"}}), domain.LetterConfirmed)
	third.way("Avboka platsen")
	l.v.press("Avboka platsen", url.Values{"reason": {"Näbbvärk i morse"}})
	third.open("Näbbvärk i morse")
}

// staff take a call from somebody, protect her, search for her, and answers what of theirs is secret.
func (l *life) staff(started time.Time) (secrets []string) {
	l.t.Helper()
	hands := newOfficer(l.t, l.p)
	hands.album = &l.album
	o := &organising{hands: hands, t: l.t, p: l.p, started: started, email: "yvonne@kanariebur.example.se", event: "/tillfalle/temadag-harnosand"}
	o.getIn()
	o.signIn()
	o.visit(o.event)
	o.goes("Anmäl någon per telefon", "Steg 1 av 2")
	o.sends("Fortsätt", []string{
		"Hur kom anmälan in?|Telefon", "", "Förnamn", "Skymningsrut", "Efternamn", "Hemligberg", "Arbetsplats", "Uggleboet",
		"Vilken sorts verksamhet är det?|Socialtjänst", "", "Telefonnummer (frivilligt)", "070-174 06 78", "Kommun där personen arbetar", "Kramfors",
	}, "Läs upp villkoren", "Skymningsrut")
	o.sends("Gör anmälan", nil, "Anmälan är gjord")
	o.visit(o.event+"/deltagare?"+url.Values{"q": {"Skymningsrut Hemligberg"}}.Encode(), "Hemligberg, Skymningsrut")
	o.goes("Hemligberg, Skymningsrut", "070-174 06 78")
	hands.open(hands.page.url.String() + "/skydda")
	hands.expect(http.StatusOK)
	form, button := hands.buttonOf("Skydda uppgifterna")
	hands.submit(form, button, nil)
	hands.expect(http.StatusOK)
	o.visit(o.event + "/deltagare?" + url.Values{"q": {"Hemligberg"}}.Encode())
	at, err := url.Parse(l.p.base() + "/handlaggare")
	if err != nil {
		l.t.Fatal(err)
	}
	for _, c := range hands.client.Jar.Cookies(at) {
		secrets = append(secrets, c.Value)
	}
	if len(secrets) == 0 {
		l.t.Error("nobody is signed in")
	}
	return append(secrets, o.secret, officePassword)
}

// astray: addresses that are nobody's, words where none belong, and a database that fails.
func (l *life) astray() {
	l.t.Helper()
	own := ""
	for _, d := range l.album {
		if strings.HasPrefix(d.url.Path, "/min-anmalan/") {
			own = d.url.String()
		}
	}
	for _, at := range []string{own + "x", own + "/pippifagel", l.p.base() + "/finns-inte/pippifagel@kanariebur.example.se?till=Kvitterlina"} {
		l.v.open(at)
		l.v.expect(http.StatusNotFound)
	}
	l.v.open(l.p.base() + "/?q=Kvitterlina;Zwitschermark")
	for _, n := range find(l.v.page.root, "link") {
		if attr(n, "rel") == "stylesheet" {
			l.v.open(l.v.resolve(attr(n, "href")) + "?q=Kvitterlina") // told at the lowest level alone
			break
		}
	}
	l.v.open(l.p.base() + "/tillfalle/temadag-lulea/anmalan")
	l.v.step("review", l.v.complete(with(canary(), url.Values{"email": {"fjarde@kanariebur.example.se"}})))
	l.v.expect(http.StatusOK)
	l.p.change("ALTER TABLE history RENAME TO history_away")
	l.v.step("send", nil)
	if l.v.page.status < 500 {
		l.t.Errorf("without a table, the form was answered with %d", l.v.page.status)
	}
	l.v.open(own)
	l.p.change("ALTER TABLE history_away RENAME TO history")
}

// refused: the letters meet a mail server that says too much.
func (l *life) refused() {
	l.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		l.t.Fatal(err)
	}
	relay := smtp.NewServer(&grudging{})
	go func() { _ = relay.Serve(ln) }()
	l.t.Cleanup(func() { _ = relay.Close() })
	l.p.change("UPDATE letters SET state = 'queued', next_try = 1 WHERE recipient LIKE '%kanariebur%'")
	l.p.env = append(l.p.env, "TEMADAG_CLOCK=", "TEMADAG_MAIL_FROM=temadag@temadag.example.se", "TEMADAG_SMTP_URL=smtp://"+ln.Addr().String()+"?starttls=off")
	l.p.start()
	l.p.await("letters to be refused in each way", func() bool {
		log := l.p.said.String()
		return strings.Contains(log, `"code":550`) && strings.Contains(log, `"code":451`) && strings.Contains(log, `"code":554`)
	})
}

var (
	tokenLike = regexp.MustCompile(`^[A-Za-z0-9_-]{16,}$`)
	hasDigits = regexp.MustCompile(`[0-9]`)
)

// tokens are the parts of a path that are nobody's words.
func tokens(path string) (out []string) {
	for _, part := range strings.Split(path, "/") {
		if tokenLike.MatchString(part) && hasDigits.MatchString(part) && !strings.HasPrefix(part, "temadag-") {
			out = append(out, part)
		}
	}
	return out
}

// leaks lists which of the secrets a log tells, in which line: as they are, in other case, escaped, as JSON, quoted, and
// numbers however they are divided.
func leaks(log string, secrets []string) (out []string) {
	for line := range strings.Lines(log) {
		said := []string{line}
		if strings.HasPrefix(line, "{") {
			var v any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				out = append(out, "no JSON: "+line)
			}
			said = append(said, wordsOf(v)...)
		}
		for _, s := range said {
			if plain, err := url.QueryUnescape(s); err == nil {
				said = append(said, plain)
			}
		}
		for _, secret := range secrets {
			quoted := strings.Trim(fmt.Sprintf("%+q", secret), `"`)
			number := strings.TrimPrefix(digits(secret), "0")
			for _, s := range said {
				low := strings.ToLower(s)
				if strings.Contains(low, strings.ToLower(secret)) || strings.Contains(low, strings.ToLower(quoted)) ||
					strings.HasPrefix(secret, "070-") && strings.Contains(digits(s), number) {
					out = append(out, fmt.Sprintf("%q is told: %s", secret, line))
					break
				}
			}
		}
	}
	return out
}

// wordsOf is every text in a value of JSON.
func wordsOf(v any) (out []string) {
	switch v := v.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, one := range v {
			out = append(out, wordsOf(one)...)
		}
	case map[string]any:
		for key, one := range v {
			out = append(append(out, key), wordsOf(one)...)
		}
	}
	return out
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
