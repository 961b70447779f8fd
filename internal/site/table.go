package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// Paths knows where every page is. It comes from the table of routes alone, so that the renderer
// can be made before the site.
func Paths() server.Paths {
	s := &Site{}
	paths, err := server.NewPaths(append(s.public(), s.development()...))
	if err != nil {
		panic("site: " + err.Error()) // the table below is at fault
	}
	return paths
}

// Routes is the table of every route the site answers.
func (s *Site) Routes() []server.Route {
	routes := s.public()
	if s.mailbox != nil {
		routes = append(routes, s.development()...)
	}
	return routes
}

func both(sv, en string) map[domain.Lang]string {
	return map[domain.Lang]string{domain.Swedish: sv, domain.English: en}
}

func one(path string) map[domain.Lang]string {
	return map[domain.Lang]string{domain.Swedish: path}
}

func read(name string, paths map[domain.Lang]string, handle func(*gin.Context) error) server.Route {
	return server.Route{
		Name: name, Method: http.MethodGet, Paths: paths, Handler: handle,
		Permission: domain.PermReadProgramme, Class: server.ClassPublic,
	}
}

// personal is a page behind a personal link, below the personal page.
func personal(name, sv, en string, handle func(*gin.Context) error) server.Route {
	return server.Route{
		Name: name, Method: http.MethodGet, Paths: both("/min-anmalan/:token/"+sv, "/en/my-registration/:token/"+en), Handler: handle,
		Permission: domain.PermReadOwn, Class: server.ClassPersonal,
	}
}

// changes is what such a page sends.
func changes(name, sv, en string, handle, crowded func(*gin.Context) error) server.Route {
	r := personal(name, sv, en, handle)
	r.Method, r.Permission, r.Crowded = http.MethodPost, domain.PermChangeOwn, crowded
	return r
}

func (s *Site) public() []server.Route {
	register := both("/tillfalle/:slug/anmalan", "/en/event/:slug/registration")
	group := both("/tillfalle/:slug/anmalan/grupp", "/en/event/:slug/registration/group")
	ownGroup := both("/grupp/:token", "/en/group/:token")
	return append(s.invitationRoutes(), []server.Route{
		read("home", both("/", "/en/"), s.calendarIndex),
		read("series", both("/tema/:slug", "/en/theme/:slug"), s.seriesShow),
		read("event", both("/tillfalle/:slug", "/en/event/:slug"), s.eventShow),
		{
			Name: "register", Method: http.MethodGet, Paths: register, Handler: s.registrationNew,
			Permission: domain.PermRegister, Class: server.ClassForm,
		},
		{
			Name: "register", Method: http.MethodPost, Paths: register, Handler: s.registrationCreate,
			Permission: domain.PermRegister, Class: server.ClassForm, Crowded: s.registrationCrowded,
		},
		{
			Name: "receipt", Method: http.MethodGet, Paths: both("/kvitto/:key", "/en/receipt/:key"),
			Handler: s.receiptShow, Permission: domain.PermRegister, Class: server.ClassPersonal,
		},
		{
			Name: "groupregister", Method: http.MethodGet, Paths: group, Handler: s.groupNew,
			Permission: domain.PermRegister, Class: server.ClassForm,
		},
		{
			Name: "groupregister", Method: http.MethodPost, Paths: group, Handler: s.groupCreate,
			Permission: domain.PermRegister, Class: server.ClassForm, Crowded: s.groupCrowded,
		},
		{
			Name: "groupreceipt", Method: http.MethodGet, Paths: both("/kvitto/grupp/:key", "/en/receipt/group/:key"),
			Handler: s.groupReceiptShow, Permission: domain.PermRegister, Class: server.ClassPersonal,
		},
		{
			Name: "owngroup", Method: http.MethodGet, Paths: ownGroup, Handler: s.groupShow,
			Permission: domain.PermChangeOwn, Class: server.ClassPersonal,
		},
		{
			Name: "owngroup", Method: http.MethodPost, Paths: ownGroup, Handler: s.groupNamePlace,
			Permission: domain.PermChangeOwn, Class: server.ClassPersonal,
		},
		{
			Name: "own", Method: http.MethodGet, Paths: both("/min-anmalan/:token", "/en/my-registration/:token"),
			Handler: s.ownShow, Permission: domain.PermReadOwn, Class: server.ClassPersonal,
		},
		{
			Name: "own_address", Method: http.MethodGet, Paths: both("/adress-bytt", "/en/address-changed"),
			Handler: s.ownAddressShow, Permission: domain.PermReadOwn, Class: server.ClassPersonal,
		},
		personal("own_calendar", "kalender.ics", "calendar.ics", s.ownCalendar),
		personal("own_print", "utskrift", "print", s.ownPrint),
		personal("own_offer", "erbjudande", "offer", s.ownOfferShow),
		changes("own_offer", "erbjudande", "offer", s.ownOfferDo, s.ownOfferCrowded),
		personal("own_cancel", "avboka", "cancel", s.ownCancelShow),
		changes("own_cancel", "avboka", "cancel", s.ownCancelDo, s.ownCancelCrowded),
		personal("own_hand_over", "overlat", "hand-over", s.ownTransferShow),
		changes("own_hand_over", "overlat", "hand-over", s.ownTransferDo, s.ownTransferCrowded),
		personal("own_move", "byt-ort", "change-town", s.ownMoveShow),
		personal("own_town", "byt-ort/:slug", "change-town/:slug", s.ownTownShow),
		changes("own_town", "byt-ort/:slug", "change-town/:slug", s.ownTownDo, s.ownTownCrowded),
		personal("own_other", "lamna/:slug", "leave/:slug", s.ownOtherShow),
		changes("own_other", "lamna/:slug", "leave/:slug", s.ownOtherDo, s.ownOtherCrowded),
		personal("own_coming", "kommer", "coming", s.ownComingShow),
		changes("own_coming", "kommer", "coming", s.ownComingDo, s.ownComingCrowded),
		personal("own_not_coming", "kommer-inte", "not-coming", s.ownNotComingShow),
		personal("own_change", "andra", "change", s.ownChangeShow),
		changes("own_change", "andra", "change", s.ownChangeDo, s.ownChangeCrowded),
		personal("own_needs", "behov", "needs", s.ownNeedsShow),
		changes("own_needs", "behov", "needs", s.ownNeedsDo, s.ownNeedsCrowded),
		personal("own_invitations", "inbjudningar", "invitations", s.ownInvitationsShow),
		changes("own_invitations", "inbjudningar", "invitations", s.ownInvitationsDo, s.ownInvitationsCrowded),
		read("news", both("/nyheter", "/en/news"), s.newsIndex),
		read("newsitem", both("/nyheter/:slug", "/en/news/:slug"), s.newsShow),
		read("newsfeed", both("/nyheter/atom.xml", "/en/news/atom.xml"), s.newsFeed),
		read("accessibility", both("/tillganglighet", "/en/accessibility"), s.plain("accessibility")),
		read("privacy", both("/personuppgifter", "/en/privacy"), s.plain("privacy")),
		read("cookies", both("/kakor", "/en/cookies"), s.plain("cookies")),
		read("about", both("/om", "/en/about"), s.plain("about")),
		read("contact", both("/kontakt", "/en/contact"), s.contactIndex),
		read("county", both("/kontakt/:slug", "/en/contact/:slug"), s.contactShow),
		read("page", both("/sidor/:slug", "/en/pages/:slug"), s.pageShow),
		read("picture", one("/bilder/:name"), s.uploadShow),
		read("subscribe", both("/prenumerera", "/en/subscribe"), s.subscribeShow),
		read("document", one("/dokument/:slug"), s.documentShow),
		read("calendarics", both("/kalender.ics", "/en/calendar.ics"), s.calendarFeed),
		read("countyics", both("/lan/:slug/kalender.ics", "/en/county/:slug/calendar.ics"), s.countyFeed),
		read("seriesics", both("/tema/:slug/kalender.ics", "/en/theme/:slug/calendar.ics"), s.seriesFeed),
		read("eventics", both("/tillfalle/:slug/kalender.ics", "/en/event/:slug/calendar.ics"), s.eventFeed),
		read("og", one("/bild/:slug"), s.pictureShow),
		read("sitemap", one("/sitemap.xml"), s.sitemapShow),
		read("robots", one("/robots.txt"), s.robotsShow),
		read("static", one("/static/:hash/*file"), s.staticShow),
		read("favicon", one("/favicon.ico"), s.iconShow),
		read("touchicon", one("/apple-touch-icon.png"), s.iconShow),
		{
			Name: "health", Method: http.MethodGet, Paths: one(server.HealthPath), Handler: s.healthShow,
			Permission: domain.PermReadProgramme, Class: server.ClassOperational,
		},
		{
			Name: "ready", Method: http.MethodGet, Paths: one(server.ReadyPath), Handler: s.readyShow,
			Permission: domain.PermReadProgramme, Class: server.ClassOperational,
		},
		{
			Name: "returned", Method: http.MethodPost, Paths: one(ReturnsPath), Handler: s.returnedDo, MaxBody: mostReturnedBody,
			Permission: domain.PermReadProgramme, Class: server.ClassOperational, // the signature says who may
		},
	}...)
}

// development is the routes that exist only where letters are kept on the developer's own machine.
func (s *Site) development() []server.Route {
	dev := func(name, path string, handle func(*gin.Context) error) server.Route {
		return server.Route{
			Name: name, Method: http.MethodGet, Paths: one(path), Handler: handle,
			Permission: domain.PermReadProgramme, Class: server.ClassDevelopment,
		}
	}
	return []server.Route{
		dev("devmail", "/dev/mail", s.mailIndex),
		dev("devletter", "/dev/mail/:id", s.mailShow),
		dev("devletterhtml", "/dev/mail/:id/html", s.mailBody),
		dev("devletterfile", "/dev/mail/:id/:part", s.mailPart),
	}
}
