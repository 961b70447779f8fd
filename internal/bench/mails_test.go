package main

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// Letters of a mailing that are made of what was made for others are those that are made from the beginning,
// whatever staff write and whoever they go to.
func TestMailing_toOthers(t *testing.T) {
	s := &session{dir: t.TempDir()}
	facts, err := s.letterFacts(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	bodies := []string{
		fixtureMailing().Body.Sv, "{namn}. {organisation}) {referens}", "`{namn}` och {länk}", "# {namn}\n\n- {förnamn}\n- **{organisation}** [här]({länk})",
		"[{namn}](https://example.se/{förnamn})", "    {namn}\n\n{namn}\n===", "| a | b |\n|---|---|\n| {namn} | {organisation} |", "*{namn}*{förnamn} _{organisation}_",
		"{referens}. nej\n{organisation}\n---\n<{namn}> <b>{namn}</b> https://{förnamn}.se \\{namn}",
	}
	names := []string{"Eva", "Gun-Britt", "D’Arcy", "12", "", "<b>", "Eva  Maria", "www.a.se", "Åsa", "-a-", "*x*", "1", "_a"}
	made, err := newComposer()
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range bodies {
		kept := &mail.Composer{
			Catalogue: made.Catalogue, Templates: made.Templates, FromAddress: mailFrom, MailDomain: mailDomain, Written: made.Written,
		}
		for i := range 2 * len(names) {
			f := facts(i)
			m := *f.Mailing
			f.Mailing, m.Body.Sv = &m, body
			f.Registration.GivenName, f.Registration.Organisation = names[i%len(names)], names[(i/2)%len(names)]
			fresh := &mail.Composer{
				Catalogue: kept.Catalogue, Templates: kept.Templates, FromAddress: mailFrom, MailDomain: mailDomain, Written: kept.Written,
			}
			want, err := fresh.Compose(f)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := kept.Compose(f); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%q for %q of %q: %v\n%s\nwant\n%s", body, f.Registration.GivenName, f.Registration.Organisation, err, got, want)
			}
		}
	}
}

// BenchmarkCompose is one confirmation, composed with the real calendar part.
func BenchmarkCompose(b *testing.B) {
	for name, written := range map[string]bool{"confirmation": false, "mailing": true} {
		b.Run(name, func(b *testing.B) {
			s := &session{dir: b.TempDir()}
			facts, err := s.letterFacts(b.Context(), written)
			if err != nil {
				b.Fatal(err)
			}
			c, err := newComposer()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, err := c.Compose(facts(i)); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

// BenchmarkOutbox is one letter's way through the whole outbox into a mail server that takes it at once.
func BenchmarkOutbox(b *testing.B) {
	s := &session{dir: b.TempDir(), stderr: io.Discard}
	f, err := s.newFixture(b.Context(), "outbox", false)
	if err != nil {
		b.Fatal(err)
	}
	if err := f.fillRows(b.N); err != nil {
		b.Fatal(err)
	}
	k, err := newSink(sinkOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer k.close()
	data, err := store.Open(b.Context(), store.Options{Path: f.database(), Migrations: db.Migrations})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = data.Close() }()
	c, err := newComposer()
	if err != nil {
		b.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(k.addr())
	sender := mail.NewSMTP(mail.Relay{Host: host, Port: port, Encryption: mail.EncryptNone}, mail.Options{Connections: 8, Hello: mailDomain})
	defer func() { _ = sender.Close() }()
	o := &service.Outbox{
		Store: data, Keys: f.keys, Composer: c, Sender: sender, From: mailFrom, Now: time.Now, Parallel: 8, Log: slog.New(slog.DiscardHandler),
		OwnLink:   func(_ domain.Lang, token string) string { return "https://temadag.example.se/min-anmalan/" + token },
		EventLink: func(_ domain.Lang, slug string) string { return "https://temadag.example.se/tillfalle/" + slug },
	}
	b.ReportAllocs()
	cpu := ownCPU()
	b.ResetTimer()
	for k.accepted.Load() < int64(b.N) {
		if _, err := o.Deliver(b.Context(), domain.Worker()); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(microseconds(ownCPU()-cpu, b.N), "cpu-us/op")
	b.ReportMetric(float64(data.Stats().Commits)/float64(b.N), "commits/op")
}
