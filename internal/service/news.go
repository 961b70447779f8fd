package service

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// News is the back office's work with news and pages: they are written, looked at, given a picture and
// documents, shown to everyone at once or from an instant on, taken back, and removed.
//
// Each belongs to a county and is reached by whoever may write there; what all counties share takes
// somebody who answers for one of them (domain.News.EditableBy). What is absent and what is not the
// actor's look the same. Two editors are told apart by the mark of what each began with.
type News struct {
	Store *store.Store
	Now   func() time.Time
	// Erased writes down outside the database what is erased for good; nil is allowed.
	Erased Intend

	pictures chan struct{} // see drawing
}

// NewNews is the use cases over a store.
func NewNews(s *store.Store, now func() time.Time) *News {
	return &News{Store: s, Now: now, pictures: make(chan struct{}, 1)}
}

// NewsEditing is an item as its editor sees it.
type NewsEditing struct {
	domain.News
	Entry  domain.NewsEntry
	Mark   string // to be sent with what is typed
	Stage  string // one of domain.NewsStages
	Checks []domain.Check
}

// All are the items that the actor may write, drafts first, then the last published; without their
// documents.
func (s *News) All(ctx context.Context, a domain.Actor) ([]domain.News, error) {
	if err := a.Require(domain.PermEditNews); err != nil {
		return nil, err
	}
	counties, all := manages(a, domain.PermEditNews)
	found, err := s.Store.AllNews(ctx, store.NewsScope{Counties: counties, Shared: a.May(domain.PermEditCounty), All: all})
	return slices.DeleteFunc(found, func(n domain.News) bool { return !n.EditableBy(a) }), err
}

// Counties are those where the actor may write news and pages, in Swedish order.
func (s *News) Counties(ctx context.Context, a domain.Actor) ([]domain.Organiser, error) {
	if err := a.Require(domain.PermEditNews); err != nil {
		return nil, err
	}
	all, err := s.Store.Organisers(ctx)
	all = slices.DeleteFunc(all, func(o domain.Organiser) bool { return !a.MayIn(domain.PermEditNews, o.Code) })
	slices.SortFunc(all, func(x, y domain.Organiser) int {
		return strings.Compare(domain.SortKey(x.Region), domain.SortKey(y.Region))
	})
	return all, err
}

// Item is an item for whoever may write it.
func (s *News) Item(ctx context.Context, a domain.Actor, id int64) (NewsEditing, error) {
	n, err := s.reach(ctx, s.Store.Queries, a, id)
	if err != nil {
		return NewsEditing{}, err
	}
	e := NewsEditing{News: n, Entry: domain.NewsEntryOf(n), Stage: n.Stage(s.Now()), Checks: n.Checklist()}
	e.Mark = e.Entry.Mark()
	return e, nil
}

func (s *News) reach(ctx context.Context, q store.Queries, a domain.Actor, id int64) (domain.News, error) {
	if err := a.Require(domain.PermEditNews); err != nil {
		return domain.News{}, err
	}
	n, err := q.NewsByID(ctx, id)
	if err == nil && !n.EditableBy(a) {
		return domain.News{}, domain.NotFound("news.not_found")
	}
	if err != nil {
		return domain.News{}, err
	}
	return n, nil
}

// NewNewsItem is what an item begins with. Of a page that comes with the program Slug says which, of a
// county's contact County does; Entry is then what it begins with, as a rule the words that it replaces.
type NewNewsItem struct {
	Kind   domain.NewsKind
	County domain.OrganiserCode
	Slug   string
	Entry  domain.NewsEntry
}

// Create makes a draft and answers its id. What there can be one of only, and is there already, is
// answered as it is. Faults: of ReadNews, and for "kind" and "county" that they are none to choose.
func (s *News) Create(ctx context.Context, a domain.Actor, in NewNewsItem) (id int64, err error) {
	if err := a.Require(domain.PermEditNews); err != nil {
		return 0, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		n, err := s.begun(ctx, tx.Queries, a, in)
		if err != nil {
			return err
		}
		id, err = tx.NewsID(ctx, n.Kind, n.Slug)
		if err == nil && n.Slug != "" {
			return nil
		}
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
		typed := in.Entry
		typed.Slug = n.Slug
		if n.SlugOpen() {
			typed.Slug = domain.SlugOf(typed.Title.Sv, "")
		}
		if n, err = n.ReadNews(typed, s.Now()); err != nil {
			return err
		}
		if n.SlugOpen() {
			if n.Slug, err = s.freeNewsSlug(ctx, tx.Queries, n); err != nil {
				return err
			}
		}
		if n.ID, err = tx.InsertNews(ctx, n); err != nil {
			return err
		}
		id = n.ID
		return s.audit(ctx, tx, a, n, domain.AuditNewsCreated, nil)
	})
	return id, err
}

// begun is an item that is not there yet, where the actor may make it.
func (s *News) begun(ctx context.Context, q store.Queries, a domain.Actor, in NewNewsItem) (domain.News, error) {
	n := domain.News{Kind: in.Kind, State: domain.NewsDraft, County: in.County}
	switch in.Kind {
	case domain.NewsItem, domain.NewsPage, domain.NewsContact:
		o, err := organiser(ctx, q, in.County)
		if err != nil || !n.EditableBy(a) {
			return n, oneFault("county", "news.county.wrong")
		}
		n.Organisers = []domain.OrganiserCode{o.Code}
		if in.Kind == domain.NewsContact {
			n.Slug = o.Slug
		}
	case domain.NewsSite:
		n.County, n.Slug = "", in.Slug
		if !slices.Contains(domain.SitePages(), in.Slug) || !n.EditableBy(a) {
			return n, domain.NotFound("page.not_found")
		}
	default:
		return n, oneFault("kind", "news.kind.wrong")
	}
	return n, nil
}

func (s *News) freeNewsSlug(ctx context.Context, q store.Queries, n domain.News) (string, error) {
	return freeSlug(n.Slug, func(slug string) (bool, error) { return q.NewsSlugTaken(ctx, n.Kind, slug, n.ID) })
}

// NewsInput is an item as an editor wants it to be.
type NewsInput struct {
	ID    int64
	Seen  string // the mark of the entry that she began with
	Entry domain.NewsEntry
}

// Preview is an item as it would be shown with what an editor has typed, and nothing is kept. Faults as for
// Save.
func (s *News) Preview(ctx context.Context, a domain.Actor, in NewsInput) (domain.News, error) {
	n, err := s.reach(ctx, s.Store.Queries, a, in.ID)
	if err != nil {
		return n, err
	}
	return n.ReadNews(in.Entry, s.Now())
}

// Save makes an item what its editor wants it to be; where nothing differs nothing happens. Refusals:
// *domain.Invalid with every fault together ("news.slug.taken" too), and *domain.NewsClash where somebody
// else has saved meanwhile. What everyone sees is changed at once, and must keep what it had to have to be
// published.
func (s *News) Save(ctx context.Context, a domain.Actor, in NewsInput) error {
	return s.write(ctx, a, in.ID, func(tx *store.Tx, was domain.News) error {
		now := domain.NewsEntryOf(was)
		if in.Seen != now.Mark() {
			if err := s.meets(ctx, tx.Queries, was, in); err != nil {
				return err
			}
		}
		next, err := was.ReadNews(in.Entry, s.Now())
		if err != nil {
			return err
		}
		if taken, err := tx.NewsSlugTaken(ctx, next.Kind, next.Slug, next.ID); err != nil || taken {
			return cmpErr(err, oneFault("slug", "news.slug.taken"))
		}
		after := domain.NewsEntryOf(next)
		fields := now.Changed(after)
		if len(fields) == 0 {
			return nil
		}
		if was.State == domain.NewsPublished {
			if err := newsDuties(next, was.Checklist()); err != nil {
				return err
			}
		}
		if err := tx.ReplaceNews(ctx, next); err != nil {
			return err
		}
		if err := s.noteEdition(ctx, tx, a, was, after); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, was, domain.AuditNewsSaved, map[string]string{"fields": strings.Join(fields, " ")})
	})
}

// newsDuties is a fault for each duty that is missing in an item, but for those that were missing before.
func newsDuties(n domain.News, before []domain.Check) error {
	v := &domain.Invalid{}
	for _, c := range n.Checklist() {
		had := slices.ContainsFunc(before, func(b domain.Check) bool { return b.Field == c.Field && b.Key == c.Key })
		if c.Level == domain.Blocks && !had {
			v.Add(c.Field+"_sv", c.Key, c.Args)
		}
	}
	return v.Err()
}

// cmpErr is the first of two that is one.
func cmpErr(err, or error) error {
	if err != nil {
		return err
	}
	return or
}

// meets is the clash with what others have saved since an editor began, nil where there is none.
func (s *News) meets(ctx context.Context, q store.Queries, was domain.News, in NewsInput) error {
	began, err := q.LastNewsEdition(ctx, was.ID, in.Seen)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	mine := in.Entry
	if next, err := was.ReadNews(mine, was.UpdatedAt); err == nil {
		mine = domain.NewsEntryOf(next) // a space more at the end is no other wording
	}
	clash := domain.CompareNews(began.Entry, err == nil, domain.NewsEntryOf(was), mine)
	if clash == nil {
		return nil
	}
	saves, err := q.NewsEditions(ctx, was.ID)
	if err != nil {
		return err
	}
	if len(saves) > 0 {
		clash.By, clash.At = saves[0].By, saves[0].At
	}
	return clash
}

// noteEdition keeps how an item stands now, and how it stood where nobody has kept that.
func (s *News) noteEdition(ctx context.Context, tx *store.Tx, a domain.Actor, was domain.News, after domain.NewsEntry) error {
	before := domain.NewsEntryOf(was)
	saves, err := tx.NewsEditions(ctx, was.ID)
	if err != nil {
		return err
	}
	if len(saves) == 0 || saves[0].Mark != before.Mark() {
		if err := tx.AddNewsEdition(ctx, was.ID, store.NewsEdition{At: was.UpdatedAt, Mark: before.Mark(), Entry: before}); err != nil {
			return err
		}
	}
	return tx.AddNewsEdition(ctx, was.ID, store.NewsEdition{At: s.Now(), By: a.Name, Mark: after.Mark(), Entry: after})
}

// write is a change to an item that the actor may write. Callers begin with nothing else: who may not is
// told the same as where there is nothing.
func (s *News) write(ctx context.Context, a domain.Actor, id int64, fn func(tx *store.Tx, n domain.News) error) error {
	return s.erase(ctx, a, id, func(tx *store.Tx, n domain.News, _ *[]domain.Erased) error { return fn(tx, n) })
}

// erase is write for an fn that tells in gone what it erases for good.
func (s *News) erase(ctx context.Context, a domain.Actor, id int64, fn func(tx *store.Tx, n domain.News, gone *[]domain.Erased) error) error {
	if err := a.Require(domain.PermEditNews); err != nil {
		return err
	}
	run := func(do func(tx *store.Tx) error) error { return s.Store.Write(ctx, do) }
	return forGood(ctx, s.Store, s.Erased, run, func(tx *store.Tx, gone *[]domain.Erased) error {
		n, err := s.reach(ctx, tx.Queries, a, id)
		if err != nil {
			return err
		}
		return fn(tx, n, gone)
	})
}

// audit writes what was done. What all counties share stands in the log of the county of whoever did it.
func (s *News) audit(ctx context.Context, tx *store.Tx, a domain.Actor, n domain.News, action domain.AuditAction, details map[string]string) error {
	county := n.County
	if counties, _ := manages(a, domain.PermEditCounty); county == "" && len(counties) > 0 {
		county = counties[0]
	}
	if details == nil {
		details = make(map[string]string)
	}
	details["kind"], details["slug"], details["title"] = string(n.Kind), n.Slug, n.Title.Sv
	return tx.Audit(ctx, domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: county, Action: action, Object: "news",
		ObjectID: strconv.FormatInt(n.ID, 10), Details: details,
	})
}
