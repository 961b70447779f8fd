package auth_test

import (
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
)

func TestCheckReturned(t *testing.T) {
	t.Parallel()
	key, at := []byte("0123456789abcdef0123456789abcdef"), time.Unix(1_480_579_200, 0)
	const to, message = "studs+x@example.se", "Subject: Hej\r\n\r\n"
	good := auth.SignReturned(key, at, to, []byte(message))
	// The same as openssl makes of it: printf '1480579200\nstuds+x@example.se\nSubject: Hej\r\n\r\n' | openssl dgst -sha256 -hmac KEY
	const made = "t=1480579200,v1=49c19ce69f1d44256dd09cf8dc7cf6b8f24a34f78ce5030ebcb97c4b2aab96c9"
	if good != made {
		t.Errorf("the signature is %q, openssl makes %q", good, made)
	}
	for name, c := range map[string]struct {
		key       []byte
		signature string
		to, sent  string
		after     time.Duration
		want      bool
	}{
		"as it was signed":        {key, good, to, message, 0, true},
		"within its life":         {key, good, to, message, auth.SignatureLife, true},
		"a clock ahead":           {key, good, to, message, -auth.SignatureLife, true},
		"too old":                 {key, good, to, message, auth.SignatureLife + time.Second, false},
		"from the future":         {key, good, to, message, -auth.SignatureLife - time.Second, false},
		"another message":         {key, good, to, message + "x", 0, false},
		"another address":         {key, good, "studs+y@example.se", message, 0, false},
		"the line moved":          {key, auth.SignReturned(key, at, "a\nb", []byte("c")), "a", "b\nc", 0, false},
		"an address of two lines": {key, auth.SignReturned(key, at, "a\nb", []byte("c")), "a\nb", "c", 0, false},
		"another key":             {[]byte("fedcba9876543210fedcba9876543210"), good, to, message, 0, false},
		"no key":                  {nil, auth.SignReturned(nil, at, to, []byte(message)), to, message, 0, false},
		"no signature":            {key, "", to, message, 0, false},
		"another second":          {key, "t=1480579201" + good[12:], to, message, 0, false},
		"something else":          {key, "v1=00,t=1", to, message, 0, false},
		"not in hexadecimal":      {key, "t=1480579200,v1=zz", to, message, 0, false},
	} {
		if got := auth.CheckReturned(c.key, c.signature, c.to, []byte(c.sent), at.Add(c.after)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
