package office

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// newsPublishPage is what is missing or looks wrong, and from when the item is to be seen.
type newsPublishPage struct {
	formPage
	Blocks, Advice checkList
}

// The names of the fields of the form.
const (
	fieldWhen  = "when"
	fieldDay   = "day"
	fieldClock = "clock"
	whenNow    = "now"
	whenAt     = "at"
)

func (o *Office) newsPublishShow(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	when, day, clock := whenNow, "", ""
	if n.State == domain.NewsPublished {
		at := n.PublishedAt.In(domain.Stockholm())
		when, day, clock = whenAt, domain.DateOf(at).String(), at.Format("15.04")
	}
	return o.showNewsPublish(c, nil, n, when, day, clock)
}

func (o *Office) newsPublishDo(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldWhen, fieldDay, fieldClock})
	if err != nil {
		return err
	}
	when, day, clock := in.Get(fieldWhen), in.Get(fieldDay), in.Get(fieldClock)
	var at time.Time
	switch when {
	case whenNow:
	case whenAt:
		at, err = domain.ReadWallTime(day, clock, domain.DateIn(o.Now()))
	default:
		err = &domain.Error{Code: domain.CodeInvalid, Key: "news.when.missing", Field: fieldWhen}
	}
	if err == nil {
		err = o.News.Publish(c.Request.Context(), signedIn(c).Actor, n.ID, at)
	}
	if err != nil {
		return o.showNewsPublish(c, err, n, when, day, clock)
	}
	word := "news_published"
	if at.After(o.Now()) {
		word = "news_scheduled"
	}
	return o.lead(c, o.newsPath(c, "office_news_edit", n.News)+"?"+fieldDone+"="+word)
}

func (o *Office) showNewsPublish(c *gin.Context, refusal error, n service.NewsEditing, when, day, clock string) error {
	if n.State == domain.NewsRemoved {
		return domain.NotFound("news.not_found")
	}
	p, status := o.printer(c), http.StatusOK
	label := func(name string) string { return p.T("office.news_publish." + name) }
	body := newsPublishPage{formPage: formPage{
		Back: o.backToNews(c, n.News), Heading: label("heading"), Action: o.newsPath(c, "office_news_publish", n.News),
		Keep: o.keepNews(c, n.News),
	}}
	stage, _ := o.stage(p, n.News)
	body.Lead = n.Title.In(p.Lang()) + " – " + stage
	body.Blocks, body.Advice = o.newsChecks(c, n)
	if len(body.Blocks.Lines) == 0 {
		body.Fields = []view.Field{
			{
				Kind: view.FieldRadios, Name: fieldWhen, Label: label("when"), Values: []string{when},
				Options: []view.Option{{Value: whenNow, Label: label("now")}, {Value: whenAt, Label: label("at"), Hint: label("at_hint")}},
			},
			{Name: fieldDay, Label: label("day"), Hint: label("day_hint"), Value: shown(day), Width: "medium"},
			{Name: fieldClock, Label: label("clock"), Hint: label("clock_hint"), Value: shown(clock), Width: "short"},
		}
		body.Buttons = []button{{Label: label("button")}}
	}
	if refusal != nil {
		faults := faultsOf(refusal)
		if len(faults) == 0 || domain.CodeOf(refusal) == domain.CodeNotFound {
			return refusal
		}
		status, body.Faults = http.StatusUnprocessableEntity, told(p, body.Fields, faults)
	}
	return o.write(c, status, page{
		template: "news_publish", route: "office_news_publish", args: []string{strconv.FormatInt(n.ID, 10)}, menu: "office_news",
		Page: view.Page{Title: body.Heading + " – " + n.Title.In(p.Lang()), Errors: len(body.Faults), Body: body},
	})
}

// newsChecks is what blocks, and what is only advice, with the places where it is mended.
func (o *Office) newsChecks(c *gin.Context, n service.NewsEditing) (blocks, advice checkList) {
	p := o.printer(c)
	blocks.Heading, advice.Heading = p.T("office.news_publish.blocks"), p.T("office.news_publish.advice")
	for _, check := range n.Checks {
		if own := "office.news_check." + check.Key; p.Has(own) {
			check.Key = own
		}
		line := checkLine{Text: checkText(p, check)}
		switch field := check.Field; field {
		case "picture":
			line.URL, line.Label = o.newsPath(c, "office_news_picture", n.News), p.T("office.news_field.picture")
		case "documents":
			line.URL, line.Label = o.newsPath(c, "office_news_documents", n.News), p.T("office.news_field.documents")
		default:
			lang := domain.Swedish
			if check.Args["lang"] == domain.English || check.Key == "checklist.english.missing" {
				lang = domain.English
			}
			field += "_" + string(lang)
			line.URL, line.Label = o.newsPath(c, "office_news_edit", n.News)+"#"+field, p.T("office.news_field."+field)
		}
		if check.Level == domain.Blocks {
			blocks.Lines = append(blocks.Lines, line)
		} else {
			advice.Lines = append(advice.Lines, line)
		}
	}
	return blocks, advice
}

// newsAct is something that is done with an item after a question.
type newsAct struct {
	route, word string
	may         func(n service.NewsEditing) bool
	do          func(n service.NewsEditing) error
}

func (o *Office) showNewsAct(c *gin.Context, act newsAct) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	if !act.may(n) {
		return domain.NotFound("news.not_found")
	}
	return o.askNewsAct(c, nil, act, n)
}

func (o *Office) askNewsAct(c *gin.Context, refusal error, act newsAct, n service.NewsEditing) error {
	p, key := o.printer(c), "office.news_"+act.word
	text := key + "_text"
	if p.Has(text + "_" + string(n.Kind)) {
		text += "_" + string(n.Kind)
	}
	return o.answer(c, refusal, act.route, "office_news", formPage{
		Back: o.backToNews(c, n.News), Heading: p.T(key+"_heading", "title", n.Title.In(p.Lang())), Text: []string{p.T(text)},
		Action: o.newsPath(c, act.route, n.News), Buttons: []button{{Label: p.T(key + "_button")}}, Keep: o.keepNews(c, n.News),
	}, strconv.FormatInt(n.ID, 10))
}

func (o *Office) doNewsAct(c *gin.Context, act newsAct) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if err := act.do(n); err != nil {
		return o.askNewsAct(c, err, act, n)
	}
	return o.lead(c, o.newsPath(c, "office_news_edit", n.News)+"?"+fieldDone+"=news_"+act.word)
}

func (o *Office) newsUnpublish(c *gin.Context) newsAct {
	return newsAct{
		route: "office_news_unpublish", word: "unpublish",
		may: func(n service.NewsEditing) bool { return n.State == domain.NewsPublished },
		do: func(n service.NewsEditing) error {
			return o.News.Unpublish(c.Request.Context(), signedIn(c).Actor, n.ID)
		},
	}
}

func (o *Office) newsUnpublishShow(c *gin.Context) error { return o.showNewsAct(c, o.newsUnpublish(c)) }

func (o *Office) newsUnpublishDo(c *gin.Context) error { return o.doNewsAct(c, o.newsUnpublish(c)) }

func (o *Office) newsRemoveShow(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	return o.askNewsRemove(c, nil, n)
}

// askNewsRemove asks whether to put an item aside, or to erase one that stands aside already. Which of the two
// was asked is told by the button, so that a page that stood open long does not do the other.
func (o *Office) askNewsRemove(c *gin.Context, refusal error, n service.NewsEditing) error {
	p, word, kind := o.printer(c), "remove", ""
	if n.State == domain.NewsRemoved {
		word, kind = "erase", "danger"
	}
	text := "office.news_" + word + "_text"
	if own := text + "_" + string(n.Kind); p.Has(own) {
		text = own
	}
	return o.answer(c, refusal, "office_news_remove", "office_news", formPage{
		Back: o.backToNews(c, n.News), Heading: p.T("office.news_"+word+"_heading", "title", n.Title.In(p.Lang())), Text: []string{p.T(text)},
		Action: o.newsPath(c, "office_news_remove", n.News), Keep: o.keepNews(c, n.News),
		Buttons: []button{{Name: fieldStep, Value: word, Label: p.T("office.news_" + word + "_button"), Kind: kind}},
	}, strconv.FormatInt(n.ID, 10))
}

func (o *Office) newsRemoveDo(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldStep})
	if err != nil {
		return err
	}
	word := in.Get(fieldStep)
	switch ctx, a := c.Request.Context(), signedIn(c).Actor; word {
	case "remove":
		err = o.News.Remove(ctx, a, n.ID)
	case "erase":
		err = o.News.Erase(ctx, a, n.ID)
	default:
		return o.askNewsRemove(c, nil, n)
	}
	if err != nil {
		return o.askNewsRemove(c, err, n)
	}
	return o.lead(c, o.path(c, "office_news")+"?"+fieldDone+"=news_"+word)
}

func (o *Office) newsRestore(c *gin.Context) newsAct {
	return newsAct{
		route: "office_news_restore", word: "restore",
		may: func(n service.NewsEditing) bool { return n.State == domain.NewsRemoved },
		do: func(n service.NewsEditing) error {
			return o.News.Restore(c.Request.Context(), signedIn(c).Actor, n.ID)
		},
	}
}

func (o *Office) newsRestoreShow(c *gin.Context) error { return o.showNewsAct(c, o.newsRestore(c)) }
func (o *Office) newsRestoreDo(c *gin.Context) error   { return o.doNewsAct(c, o.newsRestore(c)) }

// newsHistoryPage is what was done with an item, and the versions that were saved.
type newsHistoryPage struct {
	Back     view.Crumb
	Heading  string
	Lead     string
	Lines    []newsLine
	Versions []newsVersion
}

type newsLine struct {
	At        time.Time
	Who, What string
}

type newsVersion struct {
	Label string
	Entry domain.NewsEntry
}

func (o *Office) newsHistoryShow(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	done, versions, err := o.News.History(c.Request.Context(), signedIn(c).Actor, n.ID)
	if err != nil {
		return err
	}
	p := o.printer(c)
	body := newsHistoryPage{Back: *o.backToNews(c, n.News), Heading: p.T("office.news_history.heading"), Lead: n.Title.In(p.Lang())}
	for _, line := range done {
		body.Lines = append(body.Lines, newsLine{line.At, line.Actor, newsDone(p, line)})
	}
	for _, v := range versions {
		label := p.T("office.news_history.version", "at", p.Instant(v.At), "who", v.By)
		if v.By == "" {
			label = p.T("office.news_history.first", "at", p.Instant(v.At))
		}
		body.Versions = append(body.Versions, newsVersion{label, v.Entry})
	}
	return o.write(c, http.StatusOK, page{
		template: "news_history", route: "office_news_history", args: []string{strconv.FormatInt(n.ID, 10)}, menu: "office_news",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Body: body},
	})
}

// newsDone is a line of the audit log in words.
func newsDone(p *i18n.Printer, line domain.AuditEntry) string {
	what := p.T("audit." + string(line.Action))
	if at, err := time.Parse(time.RFC3339, line.Details["at"]); err == nil && line.Action == domain.AuditNewsScheduled {
		return p.T("office.news_history.to", "what", what, "at", p.Instant(at))
	}
	return what
}
