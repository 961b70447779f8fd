package office

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
)

// row is one row of the table. Each path begins with the office's folder.
func row(method, name, sv, en string, p domain.Permission, class server.Class, handle func(*gin.Context) error) server.Route {
	return server.Route{
		Name: name, Method: method, Permission: p, Class: class, Handler: handle,
		Paths: map[domain.Lang]string{domain.Swedish: "/handlaggare" + sv, domain.English: "/en/office" + en},
	}
}

// entry is a page on the way in: what it shows, and what its form sends.
func entry(name, sv, en string, show, do func(*gin.Context) error) []server.Route {
	return []server.Route{
		row(http.MethodGet, name, sv, en, domain.PermSignIn, server.ClassEntry, show),
		row(http.MethodPost, name, sv, en, domain.PermSignIn, server.ClassEntry, do),
	}
}

// read is a page of the staff.
func read(name, sv, en string, p domain.Permission, show func(*gin.Context) error) []server.Route {
	return []server.Route{row(http.MethodGet, name, sv, en, p, server.ClassStaff, show)}
}

// change is a page of the staff with a form.
func change(name, sv, en string, p domain.Permission, show, do func(*gin.Context) error) []server.Route {
	return append(read(name, sv, en, p, show), row(http.MethodPost, name, sv, en, p, server.ClassStaff, do))
}

// post is what only a form or a script sends.
func post(name, sv, en string, p domain.Permission, class server.Class, do func(*gin.Context) error) []server.Route {
	return []server.Route{row(http.MethodPost, name, sv, en, p, class, do)}
}

// Paths knows where every page is, the public ones too. It comes from the tables alone, so that the
// renderer can be made before the pages are.
func Paths() (server.Paths, error) {
	return server.NewPaths(append((&Office{}).Routes(), site.Table()...))
}

// Routes is the table of every route of the office. What stands in it is the least that is asked; where
// exactly the permission must hold, each use case decides.
func (o *Office) Routes() []server.Route {
	own := domain.PermOwnAccount
	var all []server.Route
	for _, rows := range [][]server.Route{
		entry("office_sign_in", "/logga-in", "/sign-in", o.signInShow, o.signInDo),
		entry("office_factor", "/logga-in/kod", "/sign-in/code", o.factorShow, o.factorDo),
		entry("office_passkey", "/logga-in/nyckel", "/sign-in/passkey", o.passkeyShow, o.passkeyDo),
		post("office_passkey_options", "/logga-in/nyckel/val", "/sign-in/passkey/options", domain.PermSignIn, server.ClassEntry, o.passkeyOptions),
		{row(http.MethodGet, "office_provider", "/logga-in/tjanst", "/sign-in/service", domain.PermSignIn, server.ClassEntry, o.providerShow)},
		{{
			Name: "office_provider_back", Method: http.MethodGet, Permission: domain.PermSignIn, Class: server.ClassEntry, Handler: o.providerBack,
			Paths: map[domain.Lang]string{domain.Swedish: "/logga-in/tjanst"}, // as the service knows it
		}},
		entry("office_link", "/lank/:token", "/link/:token", o.linkShow, o.linkDo),
		entry("office_forgot", "/glomt-losenord", "/forgotten-password", o.forgotShow, o.forgotDo),
		entry("office_reset", "/nytt-losenord/:token", "/new-password/:token", o.resetShow, o.resetDo),

		post("office_sign_out", "/logga-ut", "/sign-out", own, server.ClassStaff, o.signOutDo),
		read("office_me", "/min-profil", "/my-profile", own, o.meShow),
		change("office_prove", "/min-profil/visa-vem-du-ar", "/my-profile/prove", own, o.proveShow, o.proveDo),
		change("office_password", "/min-profil/losenord", "/my-profile/password", own, o.passwordShow, o.passwordDo),
		change("office_app", "/min-profil/app", "/my-profile/app", own, o.appShow, o.appDo),
		change("office_codes", "/min-profil/koder", "/my-profile/codes", own, o.codesShow, o.codesDo),
		change("office_sign_ins", "/min-profil/inloggningar", "/my-profile/sign-ins", own, o.signInsShow, o.signInsDo),
		change("office_passkey_add", "/min-profil/nyckel", "/my-profile/passkey", own, o.passkeyAddShow, o.passkeyAddDo),
		post("office_passkey_new", "/min-profil/nyckel/val", "/my-profile/passkey/options", own, server.ClassStaff, o.passkeyNew),
		change("office_passkey_remove", "/min-profil/nycklar/:id", "/my-profile/passkeys/:id", own, o.passkeyRemoveShow, o.passkeyRemoveDo),

		read("office_today", "", "", domain.PermToday, o.todayShow),
		read("office_event", "/tillfalle/:slug", "/event/:slug", domain.PermReadEvent, o.eventShow),
		change("office_capacity", "/tillfalle/:slug/platser", "/event/:slug/places", domain.PermManage, o.capacityShow, o.capacityDo),
		read("office_kitchen", "/tillfalle/:slug/behov", "/event/:slug/needs", domain.PermCountNeeds, o.kitchenShow),
		change("office_register", "/tillfalle/:slug/anmal", "/event/:slug/register", domain.PermRegisterOther, o.registerShow, o.registerDo),
		read("office_answers", "/tillfalle/:slug/svara", "/event/:slug/answer", domain.PermManage, o.answersShow),
		change("office_answer", "/tillfalle/:slug/svara/:ref", "/event/:slug/answer/:ref", domain.PermManage, o.answerShow, o.answerDo),
		read("office_people", "/tillfalle/:slug/deltagare", "/event/:slug/people", domain.PermReadRegistrations, o.peopleShow),
		read("office_person", "/tillfalle/:slug/deltagare/:ref", "/event/:slug/people/:ref", domain.PermReadRegistrations, o.personShow),
		read("office_person_print", "/tillfalle/:slug/deltagare/:ref/utskrift", "/event/:slug/people/:ref/print", domain.PermReadRegistrations, o.personPrint),
		o.workRoutes(),
		o.eventsRoutes(), o.createRoutes(), o.editRoutes(), o.publishRoutes(), o.changeRoutes(),
		o.manageRoutes(), o.importRoutes(), o.listRoutes(), o.userRoutes(), o.auditRoutes(), o.newsRoutes(), o.helpRoutes(),
		o.mailingRoutes(), o.deliveryRoutes(), o.automaticRoutes(), o.subscriberRoutes(), o.attendanceRoutes(),
	} {
		all = append(all, rows...)
	}
	folders := map[string][2]string{
		"office_cancel": {"avboka", "cancel"}, "office_extend": {"langre-tid", "longer"}, "office_pass_over": {"ga-forbi", "pass-over"},
		"office_withdraw": {"stryk", "withdraw"}, "office_accept": {"tacka-ja", "accept"}, "office_refuse": {"tacka-nej", "decline"},
	}
	for _, a := range o.acts() {
		at := folders[a.route]
		all = append(all, change(a.route, "/tillfalle/:slug/deltagare/:ref/"+at[0], "/event/:slug/people/:ref/"+at[1], domain.PermManage, o.actShow(a), o.actDo(a))...)
	}
	return all
}
