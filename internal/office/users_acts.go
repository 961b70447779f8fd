package office

import (
	"context"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
)

// userAct is something that an administrator does with somebody's account. Each asks first.
type userAct struct {
	route, sv, en string
	kind          string // of its button
	proof         bool   // it asks who it is once more
	fits          func(domain.User) bool
	do            func(*service.Accounts, context.Context, domain.SignIn, domain.UserID) error
}

func userActs() []userAct {
	active := func(u domain.User) bool { return u.State == domain.UserActive }
	return []userAct{
		{
			route: "office_user_link", sv: "ny-lank", en: "new-link", fits: active,
			do: func(s *service.Accounts, ctx context.Context, in domain.SignIn, id domain.UserID) error {
				return s.Invite(ctx, in.Actor, id)
			},
		},
		{
			route: "office_user_factors", sv: "andra-steget", en: "second-step", kind: "danger", proof: true,
			fits: func(u domain.User) bool { return active(u) && u.SecondFactor() },
			do: func(s *service.Accounts, ctx context.Context, in domain.SignIn, id domain.UserID) error {
				return s.ClearFactors(ctx, in, id)
			},
		},
		{
			route: "office_user_clear", sv: "borja-om", en: "start-over", kind: "danger", proof: true, fits: active,
			do: func(s *service.Accounts, ctx context.Context, in domain.SignIn, id domain.UserID) error {
				return s.ClearSurely(ctx, in, id)
			},
		},
		{
			route: "office_user_close", sv: "stang", en: "close", kind: "danger", fits: active,
			do: func(s *service.Accounts, ctx context.Context, in domain.SignIn, id domain.UserID) error {
				return s.Disable(ctx, in.Actor, id)
			},
		},
		{
			route: "office_user_open", sv: "oppna", en: "open", fits: func(u domain.User) bool { return !active(u) },
			do: func(s *service.Accounts, ctx context.Context, in domain.SignIn, id domain.UserID) error {
				return s.Enable(ctx, in.Actor, id)
			},
		},
	}
}

// wholeUser is the user of the address, where the account itself is the reader's to touch.
func (o *Office) wholeUser(c *gin.Context) (domain.User, error) {
	u, whole, err := o.managedUser(c)
	if err == nil && !whole {
		err = domain.NotFound("user.not_found")
	}
	return u, err
}

func (o *Office) userActShow(a userAct) func(*gin.Context) error {
	return func(c *gin.Context) error {
		u, err := o.wholeUser(c)
		if err != nil {
			return err
		}
		if a.proof && !signedIn(c).Recent(o.Now()) {
			return o.proveFirst(c)
		}
		return o.askUserAct(c, nil, a, u)
	}
}

// proveFirst leads to the page that asks who it is, and from there back here.
func (o *Office) proveFirst(c *gin.Context) error {
	return o.lead(c, o.path(c, "office_prove")+"?"+url.Values{fieldNext: {toHere(c)}}.Encode())
}

func (o *Office) userActDo(a userAct) func(*gin.Context) error {
	return func(c *gin.Context) error {
		if _, err := server.ReadForm(c, nil); err != nil {
			return err
		}
		u, err := o.wholeUser(c)
		if err != nil {
			return err
		}
		err = a.do(o.Accounts, c.Request.Context(), signedIn(c), u.ID)
		switch {
		case err == nil:
			return o.lead(c, o.path(c, "office_user", userID(u))+"?"+fieldDone+"="+a.route)
		case isProveFirst(err):
			return o.proveFirst(c)
		}
		return o.askUserAct(c, err, a, u)
	}
}

// askUserAct asks before something is done with an account. Where it has been done already, it says so and
// has no button.
func (o *Office) askUserAct(c *gin.Context, refusal error, a userAct, u domain.User) error {
	p, key := o.printer(c), "users.ask."+a.route
	body := formPage{
		Back: o.backToUser(c, u), Heading: p.T(key+".heading", "name", u.Name), Lead: p.T(key + ".lead"),
		Action: o.path(c, a.route, userID(u)), Buttons: []button{{Label: p.T(key + ".button"), Kind: a.kind}},
		Keep: o.backToUser(c, u),
	}
	body.Keep.Label = p.T("office.keep")
	if !a.fits(u) && refusal == nil {
		body.Lead, body.Buttons = p.T(key+".not_now"), nil
	}
	return o.answer(c, refusal, a.route, "office_users", body, userID(u))
}
