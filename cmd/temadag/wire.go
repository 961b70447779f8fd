package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/office"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/view"
	"github.com/temadag/temadag/internal/worker"
	"github.com/temadag/temadag/web"
)

// website is what serve runs: the pages and the sending of letters.
type website struct {
	handler http.Handler
	jobs    []*worker.Job // letters, and what time alone brings about
	close   func()
}

// assets are the files that the pages and letters are made of.
type assets struct{ templates, locales, static fs.FS }

func newAssets(dev bool) (assets, error) {
	if !dev {
		return assets{web.Templates(), web.Locales(), web.Static()}, nil
	}
	if _, err := os.Stat("web/templates"); err != nil {
		return assets{}, errors.New("--dev reads web/templates; run it in the source tree")
	}
	return assets{os.DirFS("web/templates"), os.DirFS("web/locales"), os.DirFS("web/static")}, nil
}

func (p *program) wire(dev bool) (*website, error) {
	files, err := newAssets(dev)
	if err != nil {
		return nil, err
	}
	catalogue, err := i18n.Load(files.locales)
	if err != nil {
		return nil, err
	}
	paths, err := office.Paths()
	if err != nil {
		return nil, err
	}
	sender, mailbox, closeSender := p.sender()
	composer := p.composer(catalogue, files.templates, dev)
	if err := composer.Check(); err != nil {
		return nil, err
	}
	if p.metricsAddr != "" {
		sender = countedSender{sender, func(err error) { p.watched.Letter(err) }}
	}
	outbox := p.outbox(composer, sender, paths)
	letters := worker.New("letters", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		return outbox.Deliver(ctx, domain.Worker())
	})
	p.registrations.Wake = letters.Wake
	written := &service.Mailings{Store: p.store, Registrations: p.registrations, Outbox: outbox, Now: p.now, Log: p.log}
	mailings := worker.New("mailings", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		return written.Advance(ctx, domain.Worker())
	})
	written.Wake = mailings.Wake
	words, err := mail.AutomaticWords(files.templates)
	if err != nil {
		return nil, err
	}
	automatics := &service.Automatics{Store: p.store, Mailings: written, Words: words, Now: p.now, Log: p.log}
	daily := worker.New("automatic letters", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		return automatics.Begin(ctx, domain.Worker())
	})
	automatics.Wake = daily.Wake
	subscribers := &service.Subscribers{Store: p.store, Keys: p.keys, Now: p.now, Wake: letters.Wake, Erased: p.registrations.Erased}
	forgetting := worker.New("subscribers", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		return subscribers.KeepTime(ctx, domain.Worker())
	})
	subscribers.WakeClock = forgetting.Wake
	clock := worker.New("clock", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		return p.registrations.KeepTime(ctx, domain.Worker())
	})
	p.registrations.WakeClock = func() { clock.Wake(); daily.Wake() }
	plots := worker.New("plots", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		return p.desk.Draw(ctx, domain.Worker())
	})
	accounts, err := p.accountJobs(composer, outbox)
	if err != nil {
		return nil, err
	}
	written.WakeNotices = accounts[0].Wake // the first takes letters to users
	accounts = append(accounts, p.inboxJobs(outbox)...)
	handler, closePages, err := p.pages(files, catalogue, paths, mailbox, dev, writing{written, automatics, subscribers, outbox})
	if err != nil {
		return nil, err
	}
	return &website{handler: handler, jobs: append(accounts, letters, clock, mailings, daily, forgetting, plots), close: func() { closePages(); closeSender() }}, nil
}

// writing is what staff write to others.
type writing struct {
	mailings    *service.Mailings
	automatics  *service.Automatics
	subscribers *service.Subscribers
	outbox      *service.Outbox
}

// sender is the mail server, or the folder of kept letters where there is none; the mailbox shows
// that folder, on a loopback address only.
func (p *program) sender() (service.Sender, site.Mailbox, func()) {
	if p.relay != nil {
		s := mail.NewSMTP(*p.relay, mail.Options{Hello: p.host, Connections: p.pace.connections})
		return s, nil, func() {
			if err := s.Close(); err != nil {
				p.log.Warn("closing the mail connections failed", "error", err)
			}
		}
	}
	spool := &mail.Spool{Dir: filepath.Join(p.dataDir, "mail")}
	if !p.loopback {
		return spool, nil, func() {}
	}
	return spool, mailbox{spool}, func() {}
}

func (p *program) composer(c *i18n.Catalogue, templates fs.FS, dev bool) *mail.Composer {
	_, mailDomain, _ := strings.Cut(p.mailFrom, "@")
	invite := export.InvitationOptions{Catalogue: c, Domain: mailDomain, From: p.mailFrom}
	return &mail.Composer{
		Catalogue: c, Templates: templates, FromAddress: p.mailFrom, MailDomain: mailDomain, Dev: dev,
		Invite: func(f domain.LetterFacts) ([]byte, error) { return export.Invitation(f, invite) }, Written: view.NewLetters(), Signing: p.signing,
	}
}

func (p *program) outbox(c *mail.Composer, sender service.Sender, paths server.Paths) *service.Outbox {
	return &service.Outbox{
		Store: p.store, Keys: p.keys, Composer: c, Sender: sender, From: p.mailFrom, Now: p.now, Log: p.log,
		Returns: p.returns, Rate: p.pace.all, HostRate: p.pace.domain, Parallel: p.pace.underWay(),
		OwnLink:   func(l domain.Lang, token string) string { return p.baseURL + paths.For(l, "own", token) },
		GroupLink: func(l domain.Lang, token string) string { return p.baseURL + paths.For(l, "owngroup", token) },
		EventLink: func(l domain.Lang, slug string) string { return p.baseURL + paths.For(l, "event", slug) },
		PageLink: func(l domain.Lang, route string, args ...string) string {
			return p.baseURL + paths.For(l, route, args...)
		},
	}
}

func (p *program) pages(files assets, c *i18n.Catalogue, paths server.Paths, m site.Mailbox, dev bool, w writing) (http.Handler, func(), error) {
	newStatic := view.NewStatic
	if dev {
		newStatic = view.NewStaticDev
	}
	static, err := newStatic(files.static)
	if err != nil {
		return nil, nil, err
	}
	renderer, err := view.New(view.Options{
		Templates: files.templates, Catalogue: c, StaticURL: static.URL, Paths: paths.For, BaseURL: p.baseURL, Dev: dev,
	})
	if err != nil {
		return nil, nil, err
	}
	made, err := p.store.Setting(context.Background(), demoSetting)
	if err != nil {
		return nil, nil, err
	}
	s, err := site.New(site.Options{
		Programme: p.programme, Registrations: p.registrations, Tokens: p.keys, View: renderer, Catalogue: c,
		Static: static, BaseURL: p.baseURL, Now: p.now, Guard: p.rateLimit, Healthy: p.healthy, Ready: p.ready, Mailbox: m, Dev: dev,
		Subscribers: w.subscribers, Demo: made != "", MailFrom: p.mailFrom, Returned: p.returnedOver(w.outbox),
	})
	if err != nil {
		return nil, nil, err
	}
	accounts, err := p.accounts()
	if err != nil {
		return nil, nil, err
	}
	staff, err := office.New(office.Options{
		Accounts: accounts, Desk: p.desk,
		People:        &service.People{Store: p.store, Registrations: p.registrations, Now: p.now, WakeAutomatics: w.automatics.Wake},
		Registrations: p.registrations, Programme: p.programme, Forms: s, Tokens: p.keys, View: renderer, Catalogue: c, Paths: paths,
		Events:    &service.Events{Store: p.store, Registrations: p.registrations, Now: p.now},
		Importing: &service.Importing{Store: p.store, Registrations: p.registrations, Now: p.now},
		Exports: &service.Exports{
			Store: p.store, Programme: p.programme, Keys: p.keys, Now: p.now, TellAbove: p.tellAbove, Wake: accounts.Wake,
		},
		News:     p.news(),
		Mailings: w.mailings, Automatics: w.automatics, Subscribers: w.subscribers,
		Audit: p.audit, BaseURL: p.baseURL, Now: p.now, Demo: made != "", LettersKept: p.relay == nil, Peers: p.peers(),
	})
	if err != nil {
		return nil, nil, err
	}
	door := p.door()
	watched, observe := p.measures(door, s.Kept), (func(string, string, int, time.Duration))(nil)
	if p.watched = watched; watched != nil {
		observe = watched.Request
	}
	handler, err := server.New(server.Options{
		Routes: append(s.Routes(), staff.Routes()...), Fail: staff.FailOr(s.Fail), Staff: staff.Staff(), BaseURL: p.baseURL,
		Door: door, Wait: s.Wait, TrustedProxies: p.proxies, RateLimit: p.rateLimit, Log: p.log, Now: p.now,
		Together: p.together(), CountKey: p.countKey, Peers: p.peers(), Observe: observe,
	})
	return handler, staff.Close, err
}

func (p *program) news() *service.News {
	n := service.NewNews(p.store, p.now)
	n.Erased = p.registrations.Erased
	return n
}

// together counts what visitors send with other instances, where the database may have several.
func (p *program) together() server.Together {
	if p.postgres == "" {
		return nil
	}
	return p.store
}

// peers are the other instances on the same database.
func (p *program) peers() server.Peers {
	return server.Peers{Name: p.store.Instance(), Find: func(ctx context.Context, name string) (*url.URL, bool) {
		at, err := p.store.PeerURL(ctx, name)
		if err != nil || at == "" {
			return nil, false
		}
		u, err := url.Parse(at)
		return u, err == nil
	}}
}

// countKey is what a visitor is counted under beside other instances.
func (p *program) countKey(key string) int64 {
	return int64(binary.BigEndian.Uint64(p.keys.AttemptKey("rate", key)))
}

// ready is healthy, until the program is told to stop.
func (p *program) ready(ctx context.Context) error {
	if p.ending.begun.Load() {
		return errStopping
	}
	return p.healthy(ctx)
}

var errStopping = errors.New("stopping")

// door lets in as many visitors as can be answered, whichever instance asked them to wait.
func (p *program) door() *server.Door {
	d := server.NewDoor(0, time.Now)
	d.Share(p.keys.TurnKey())
	return d
}

// healthy asks the database something.
func (p *program) healthy(ctx context.Context) error {
	if err := p.store.Healthy(); err != nil {
		return err
	}
	_, err := p.store.Setting(ctx, demoSetting)
	return err
}

// mailbox shows kept letters on the developer's own machine.
type mailbox struct{ *mail.Spool }

// Letters are the ids of the kept letters, newest first.
func (m mailbox) Letters() ([]string, error) {
	kept, err := m.List()
	ids := make([]string, len(kept))
	for i, k := range kept {
		ids[i] = k.ID
	}
	return ids, err
}

// Letter is a kept letter as it would have been sent.
func (m mailbox) Letter(id string) ([]byte, error) {
	l, err := m.Read(id)
	if errors.Is(err, mail.ErrNoLetter) {
		err = domain.NotFound("letter.not_found")
	}
	return l.Raw, err
}
