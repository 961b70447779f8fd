package domain

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// PasswordForm is a password as it is hashed: NFC, so that å typed on two keyboards is the same.
func PasswordForm(s string) string { return norm.NFC.String(s) }

// ReadPassword is a new password in the form in which it is hashed, or a fault in the named field: it is
// too short or too long, or the first that anyone would guess of a user with this address and name. It
// need not hold digits or signs, and is asked for no change by date.
func ReadPassword(field, password string, u User) (string, error) {
	var v Invalid
	password = PasswordForm(password)
	n := utf8.RuneCountInString(password)
	args := map[string]any{"least": MinPassword, "most": MaxPassword}
	switch {
	case password == "":
		v.Add(field, "field.password.missing", nil)
	case !utf8.ValidString(password) || n > MaxPassword:
		v.Add(field, "field.password.long", args)
	case n < MinPassword:
		v.Add(field, "field.password.short", args)
	case guessable(password, u):
		v.Add(field, "field.password.guessable", nil)
	}
	return password, v.Err()
}

// guessable reports whether little is left of a password when what is commonly put together to passwords
// is taken away: words everyone tries, her own name and address, years and rows of the keyboard.
func guessable(password string, u User) bool {
	rest := SearchKey(password)
	local, host, _ := strings.Cut(u.Email, "@")
	words := strings.FieldsFunc(SearchKey(u.Name+" "+local+" "+host), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, w := range append(words, commonWords()...) {
		if len(w) > 2 {
			rest = strings.ReplaceAll(rest, w, "")
		}
	}
	distinct := make(map[rune]bool)
	letters := 0
	for _, r := range rest {
		if unicode.IsLetter(r) {
			letters++
		}
		distinct[r] = true
	}
	return len(distinct) < 5 || letters == 0 && len(rest) < MinPassword
}

// commonWords are what passwords of this length are made of when people must choose one in a hurry, in
// the form that SearchKey gives.
func commonWords() []string {
	return []string{
		"losenord", "password", "passord", "hemligt", "qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn",
		"1234567890", "123456789", "12345678", "123456", "12345", "1234", "0987654321", "987654321", "54321", "4321",
		"abcdefgh", "abcdef", "abcd", "iloveyou", "welcome", "valkommen", "letmein", "admin", "administrator", "monkey",
		"dragon", "football", "fotboll", "hockey", "sommar", "vinter", "host", "hosten", "varen", "sommaren", "vintern",
		"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december",
		"mandag", "tisdag", "onsdag", "torsdag", "fredag", "lordag", "sondag", "sverige", "stockholm", "lansstyrelsen",
		"lansstyrelse", "temadag", "temadagar", "anmalan", "changeme", "test", "hejhej", "hejsan", "hemlig", "secret", "master",
	}
}
