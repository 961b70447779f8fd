package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/demo"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

type demoCommand struct {
	AsOf    string `help:"The day to pretend it is: 2016-10-01 gives the historical dates. Without it the programme is moved by whole weeks so that the first theme day is 8 to 9 weeks ahead." placeholder:"DATE"`
	IfEmpty bool   `help:"Do nothing, and succeed, where the database holds a programme already."`
}

const demoSetting = "demonstration"

// Run loads the demonstration once. It is refused beside a mail server and beside a real programme:
// made-up people must never reach either.
func (d demoCommand) Run(ctx context.Context, c *Config) error {
	return c.begin(ctx, func(p *program) error {
		if p.relay != nil {
			return errors.New("the demonstration is not loaded where TEMADAG_SMTP_URL is set: its people are made up")
		}
		asOf, err := d.day(p.now())
		if err != nil {
			return err
		}
		empty, err := p.isEmpty(ctx)
		if err != nil {
			return err
		}
		if !empty {
			if d.IfEmpty {
				return nil
			}
			if p.postgres != "" {
				return fmt.Errorf("the database holds a programme already (%s); to begin anew, stop the server and use an empty one", p.where())
			}
			return fmt.Errorf("the database holds a programme already; to begin anew, stop the server and use an empty directory as TEMADAG_DATA_DIR (this one is %s)", p.dataDir)
		}
		return p.loadDemo(ctx, asOf)
	})
}

func (d demoCommand) day(now time.Time) (domain.Date, error) {
	if d.AsOf == "" {
		return domain.DateIn(now), nil
	}
	day, err := domain.ParseDate(d.AsOf)
	if err != nil {
		return day, fmt.Errorf("--as-of is %q; write a day like 2016-10-01", d.AsOf)
	}
	return day, nil
}

func (p *program) isEmpty(ctx context.Context) (bool, error) {
	events, err := p.store.Events(ctx, store.EventScope{Drafts: true})
	return len(events) == 0, err
}

func (p *program) loadDemo(ctx context.Context, asOf domain.Date) error {
	content := demo.Programme(asOf)
	if err := p.loadProgramme(ctx, content); err != nil {
		return err
	}
	people, err := p.loadPeople(ctx, asOf, content)
	if err != nil {
		return err
	}
	if err := p.addDemoStaff(ctx); err != nil {
		return err
	}
	err = p.store.Write(ctx, func(tx *store.Tx) error { return tx.PutSetting(ctx, demoSetting, asOf.String()) })
	if err != nil {
		return err
	}
	fmt.Printf("The demonstration is loaded: %d events, %d made-up registrations, %d news items.\n%s\n",
		len(content.AllEvents()), people, len(content.News), content.Note.En)
	return nil
}

func (p *program) loadProgramme(ctx context.Context, content demo.Content) error {
	me := domain.Operator()
	if err := p.editing.PutOrganisers(ctx, me, content.Organisers); err != nil {
		return err
	}
	for _, s := range content.Series {
		files := make(map[string][]service.File)
		for _, e := range s.Events {
			files[e.Slug] = filesOf(content, e.Documents)
		}
		if err := p.editing.AddSeries(ctx, me, s, files); err != nil {
			return err
		}
	}
	for _, e := range content.Events {
		if err := p.editing.AddEvent(ctx, me, e, filesOf(content, e.Documents)); err != nil {
			return err
		}
	}
	for _, n := range content.News {
		if err := p.editing.AddNews(ctx, me, n, filesOf(content, n.Documents)); err != nil {
			return err
		}
	}
	return nil
}

func filesOf(content demo.Content, documents []domain.Document) []service.File {
	var files []service.File
	for _, d := range documents {
		files = append(files, service.File{Document: d, Content: content.Files[d.Slug]})
	}
	return files
}

// loadPeople registers the made-up people the way everyone registers, each at the hour she came. The
// letters they are owed are never sent.
func (p *program) loadPeople(ctx context.Context, asOf domain.Date, content demo.Content) (int, error) {
	var events []domain.Event
	terms := make(map[string]int64)
	for _, e := range content.AllEvents() {
		kept, err := p.programme.Event(ctx, e.Slug)
		if err != nil {
			return 0, err
		}
		events, terms[e.Slug] = append(events, kept), kept.Terms.ID
	}
	crowd := demo.Participants(asOf, events...)
	var hour time.Time
	r := *p.registrations
	r.Now, r.Withhold = func() time.Time { return hour }, true
	for _, a := range crowd.Arrivals {
		hour = a.At
		_, err := r.Register(ctx, domain.Operator(), service.RegisterInput{
			EventSlug: a.EventSlug, Key: a.Key, Entry: a.Entry, TermsID: terms[a.EventSlug], Lang: a.Lang, Channel: a.Channel,
		})
		if err != nil {
			return 0, fmt.Errorf("demonstration: a registration for %s: %w", a.EventSlug, err)
		}
	}
	for _, s := range crowd.Protected {
		hour = asOf.Start()
		if err := r.Protect(ctx, domain.Operator(), s.EventSlug, s.Email); err != nil {
			return 0, err
		}
	}
	return len(crowd.Arrivals), nil
}
