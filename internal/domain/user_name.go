package domain

import (
	"slices"
	"unicode/utf8"
)

const maxUserName = 100

// ReadUser is a new user as typed by whoever adds her, or *Invalid for the fields "email", "name" and
// "grants".
func ReadUser(email, name string, grants []Grant) (User, error) {
	var v Invalid
	u := User{Grants: grants, State: UserActive}
	var ok bool
	if u.Email, ok = ParseEmail(email); !ok {
		v.Add("email", "field.user_email.wrong", nil)
	}
	if u.Name, ok = CleanLine(name); !ok || u.Name == "" || utf8.RuneCountInString(u.Name) > maxUserName {
		v.Add("name", "field.user_name.missing", nil)
	}
	if len(grants) == 0 {
		v.Add("grants", "field.grants.missing", nil)
	} else if !GrantsSound(grants) {
		v.Add("grants", "field.grants.wrong", nil)
	}
	return u, v.Err()
}

// GrantsSound reports whether each grant is of a role that can be granted so, in a county that exists.
func GrantsSound(grants []Grant) bool {
	return !slices.ContainsFunc(grants, func(g Grant) bool {
		known := slices.ContainsFunc(Counties(), func(c County) bool { return c.Code == g.County })
		return !known || !g.Role.Grantable() || g.Event != 0 && !g.Role.AtEvent()
	})
}

// ReadLabel is a short name that a user gives a thing of her own, or a fault in the named field.
func ReadLabel(field, s string) (string, error) {
	var v Invalid
	s, ok := CleanLine(s)
	if !ok || s == "" || utf8.RuneCountInString(s) > 60 {
		v.Add(field, "field.label.missing", nil)
	}
	return s, v.Err()
}
