package mail_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/testkit/check"
)

const (
	dkimHost     = "temadag.example.se"
	dkimSelector = "t2016"
)

func pemOf(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// signings is one of each sort of key.
func signings(t testing.TB) map[string]*mail.Signing {
	t.Helper()
	small, errR := rsa.GenerateKey(rand.Reader, 2048)
	_, edwards, errE := ed25519.GenerateKey(rand.Reader)
	if errR != nil || errE != nil {
		t.Fatal(errR, errE)
	}
	out := make(map[string]*mail.Signing)
	for name, key := range map[string]crypto.Signer{"RSA": small, "Ed25519": edwards} {
		s, err := mail.NewSigning(pemOf(t, key), dkimHost, dkimSelector)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = s
	}
	return out
}

// verifiedByGo is whether the one signature of raw holds, by a library that had no part in making it.
func verifiedByGo(t testing.TB, s *mail.Signing, raw []byte) error {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != s.Name() {
			t.Errorf("the key is looked up under %s", name)
		}
		return []string{s.Record()}, nil
	}})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d signatures: %v", len(found), err)
	}
	if found[0].Domain != dkimHost {
		t.Errorf("signed for %s", found[0].Domain)
	}
	return found[0].Err
}

// verifyWithPython reads messages, each after its length on a line, with one record of the DNS for all.
const verifyWithPython = `
import sys, dkim
record = sys.argv[1].encode()
for line in iter(sys.stdin.buffer.readline, b""):
    raw = sys.stdin.buffer.read(int(line))
    try:
        print(dkim.verify(raw, dnsfunc=lambda name, timeout=5: record))
    except Exception as e:
        print("False", repr(e))
`

// verifiedByPython is what dkimpy says of each message.
func verifiedByPython(t testing.TB, s *mail.Signing, all ...[]byte) []bool {
	t.Helper()
	const python = "/usr/bin/python3" // whose packages the machine's own are
	if err := exec.CommandContext(t.Context(), python, "-c", "import dkim").Run(); err != nil {
		check.LeaveOut(t, "Python 3 with dkimpy")
	}
	var in bytes.Buffer
	for _, raw := range all {
		fmt.Fprintf(&in, "%d\n%s", len(raw), raw)
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", verifyWithPython, s.Record())
	cmd.Stdin = &in
	out, err := cmd.Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != len(all) {
		t.Fatalf("dkimpy: %v: %s", err, out)
	}
	verdicts := make([]bool, 0, len(all))
	for _, line := range lines {
		verdicts = append(verdicts, line == "True")
	}
	return verdicts
}

// TestSigning has letters of every kind verified by two implementations that neither made the signature, and a
// copy of each with one byte changed, which both must find.
func TestSigning(t *testing.T) {
	t.Parallel()
	all := everyLetter(t)
	maps.Copy(all, byHand())
	names := slices.Sorted(maps.Keys(all))
	for sort, s := range signings(t) {
		var whole, spoilt [][]byte
		for i, name := range names {
			if i%10 != 0 && all[name].raw[0] != 'F' && name != "mailing" && name != "utf8" {
				continue
			}
			raw, err := s.Sign(all[name].raw, facts(domain.LetterConfirmed, domain.Swedish, theEvent()).Letter.Date)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			wellFormed(t, name, raw, all[name].raw)
			if err := verifiedByGo(t, s, raw); err != nil {
				t.Errorf("%s, %s: %v", sort, name, err)
			}
			bad := bytes.Clone(raw)
			at := len(raw) - len(all[name].raw) + bytes.Index(all[name].raw, []byte("Subject: ")) + len("Subject: ") + 1
			if i%2 == 0 {
				at = lastLetter(bad)
			}
			bad[at] ^= 1
			if verifiedByGo(t, s, bad) == nil {
				t.Errorf("%s, %s: a byte that was changed at %d goes unseen", sort, name, at)
			}
			whole, spoilt = append(whole, raw), append(spoilt, bad)
		}
		for i, ok := range verifiedByPython(t, s, append(whole, spoilt...)...) {
			if ok != (i < len(whole)) {
				t.Errorf("%s: dkimpy says %v of letter %d of %d", sort, ok, i, len(whole))
			}
		}
	}
}

// lastLetter is where the last letter or figure of a body stands.
func lastLetter(raw []byte) int {
	return bytes.LastIndexFunc(raw, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == 0xfffd })
}

func wellFormed(t *testing.T, name string, raw, unsigned []byte) {
	t.Helper()
	if !bytes.HasSuffix(raw, unsigned) || !bytes.HasPrefix(raw, []byte("DKIM-Signature: v=1; ")) {
		t.Errorf("%s: signing changed the letter", name)
	}
	for _, line := range strings.Split(string(raw[:len(raw)-len(unsigned)]), "\r\n") {
		if len(line) > 78 {
			t.Errorf("%s: a line of the signature has %d characters: %s", name, len(line), line)
		}
	}
}

// TestSigning_shut: a field that a reader is shown can neither be added, nor changed, nor taken away.
func TestSigning_shut(t *testing.T) {
	t.Parallel()
	s := signings(t)["Ed25519"]
	letter := strings.Replace(ready, "Subject:", "List-Unsubscribe: <https://x.example.se/u/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nSubject:", 1)
	raw, err := s.Sign([]byte(letter), theEvent().Day.Start())
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	var forged [][]byte
	for name, was := range map[string]string{
		"From": "", "To": "", "Subject": "", "Reply-To": "", "Content-Type": "", "Date": "", "MIME-Version": "",
		"List-Unsubscribe": "<https://x.example.se/u/1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	} {
		bad := strings.Replace(text, "\r\nFrom:", "\r\n"+name+": x@evil.example.com\r\nFrom:", 1)
		if was != "" {
			bad = strings.Replace(text, name+": "+was, name+": <https://evil.example.com>", 1)
		}
		if bad == text {
			t.Fatalf("%s is not in the letter", name)
		}
		if verifiedByGo(t, s, []byte(bad)) == nil {
			t.Errorf("%s, forged, goes unseen", name)
		}
		forged = append(forged, []byte(bad))
	}
	// The twins: what servers on the way may do leaves the signature whole.
	traced := []byte("Received: from x by y\r\n\tfor <z>; Thu, 1 Dec 2016 09:00:00 +0100\r\n" + strings.Replace(text, "Subject: Hej", "SUBJECT:   Hej ", 1))
	if err := verifiedByGo(t, s, traced); err != nil {
		t.Errorf("a letter on its way: %v", err)
	}
	for i, ok := range verifiedByPython(t, s, append(forged, traced)...) {
		if ok != (i == len(forged)) {
			t.Errorf("dkimpy says %v of %d of %d", ok, i, len(forged))
		}
	}
}

// A composer that signs does so with what the letter is made of, the same bytes each time, and leaves the rest as
// it was.
func TestCompose_signed(t *testing.T) {
	t.Parallel()
	plain, signing := composer(t), composer(t)
	for name, s := range signings(t) {
		signing.Signing = s
		f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
		raw := compose(t, signing, f)
		if !bytes.HasSuffix(raw, compose(t, plain, f)) || !bytes.Equal(raw, compose(t, signing, f)) {
			t.Errorf("%s: signed twice, and not the same", name)
		}
		if err := verifiedByGo(t, s, raw); err != nil {
			t.Error(err)
		}
		notice, err := signing.ComposeNotice(domain.Notice{
			Kind: domain.NoticeKinds()[0], Lang: domain.Swedish, To: "eva@example.se", Name: "Eva", MessageID: "x", Link: "https://temadag.example.se/x",
		})
		if err != nil || verifiedByGo(t, s, notice) != nil {
			t.Errorf("%s: a letter about an account: %v", name, err)
		}
	}
}

func TestNewSigning_faults(t *testing.T) {
	t.Parallel()
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	good := pemOf(t, ed25519.NewKeyFromSeed(make([]byte, 32)))
	for name, tt := range map[string]struct {
		key            []byte
		host, selector string
		told           []string
	}{
		"weak":     {pemOf(t, weak), dkimHost, dkimSelector, []string{"1024 bits"}},
		"no key":   {[]byte("hemligt"), dkimHost, dkimSelector, []string{"openssl genpkey"}},
		"locked":   {pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY"}), dkimHost, dkimSelector, []string{"password"}},
		"public":   {pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY"}), dkimHost, dkimSelector, []string{"public key and no private"}},
		"damaged":  {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), dkimHost, dkimSelector, []string{"damaged"}},
		"selector": {good, dkimHost, "T 1;", []string{"selector"}},
		"all":      {nil, "?", "", []string{"domain", "selector", "PEM"}},
	} {
		_, err := mail.NewSigning(tt.key, tt.host, tt.selector)
		if err == nil {
			t.Errorf("%s: no fault", name)
			continue
		}
		for _, want := range tt.told {
			if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hemligt") {
				t.Errorf("%s: %q does not tell %q", name, err, want)
			}
		}
	}
}

func TestSigning_Published(t *testing.T) {
	t.Parallel()
	all := signings(t)
	for name, s := range all {
		other := all["RSA"]
		if name == "RSA" {
			other = all["Ed25519"]
		}
		if line := s.ZoneLine(); !strings.HasPrefix(line, "t2016._domainkey.temadag.example.se. IN TXT ( \"v=DKIM1; k=") {
			t.Errorf("the line for the zone is %s", line)
		}
		for what, tt := range map[string]struct {
			found []string
			told  string
		}{
			"right":   {[]string{s.Record()}, ""},
			"spaced":  {[]string{strings.ReplaceAll(s.Record(), "; ", " ;  ")}, ""},
			"none":    {nil, "--dkim-record"},
			"two":     {[]string{s.Record(), s.Record()}, "2 records"},
			"another": {[]string{other.Record()}, "another"},
			"revoked": {[]string{"v=DKIM1; p="}, "taken back"},
			"testing": {[]string{s.Record() + "; t=y"}, "t=y"},
		} {
			err := s.Published(tt.found)
			if tt.told == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.told) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

// TestDomain looks at what a domain says of who may send for it, with answers given here.
func TestDomain(t *testing.T) {
	t.Parallel()
	s := signings(t)["Ed25519"]
	other := signings(t)["Ed25519"]
	const spf, dmarc = "v=spf1 a:mx.example.se -all", "v=DMARC1; p=reject"
	well := map[string][]string{dkimHost: {"unrelated", spf}, "_dmarc." + dkimHost: {dmarc}, s.Name(): {s.Record()}}
	for name, tt := range map[string]struct {
		change map[string][]string
		silent bool
		wrong  string // the steps that fail
		told   string
	}{
		"well":          {nil, false, "", s.Name() + " is ours"},
		"no key":        {map[string][]string{s.Name(): nil}, false, "DKIM", "--dkim-record"},
		"another key":   {map[string][]string{s.Name(): {other.Record()}}, false, "DKIM", "another"},
		"no SPF":        {map[string][]string{dkimHost: {"unrelated"}}, false, "SPF", "no SPF record"},
		"two SPF":       {map[string][]string{dkimHost: {spf, spf}}, false, "SPF", "2 records"},
		"nothing":       {map[string][]string{dkimHost: nil, "_dmarc." + dkimHost: nil, s.Name(): nil}, false, "SPF DMARC DKIM", "no DMARC"},
		"DNS is silent": {nil, true, "", "DNS does not answer"},
	} {
		ask := func(_ context.Context, host string) ([]string, error) {
			found, changed := tt.change[host]
			if !changed {
				found = well[host]
			}
			if tt.silent {
				return nil, &net.DNSError{Err: "timeout", IsTimeout: true}
			}
			if len(found) == 0 {
				return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
			}
			return found, nil
		}
		var wrong []string
		told := ""
		for _, step := range mail.Domain(t.Context(), ask, sender, "", s) {
			told += step.Said
			if step.Err != nil {
				wrong = append(wrong, step.Name)
				told += step.Err.Error()
			}
		}
		if strings.Join(wrong, " ") != tt.wrong || !strings.Contains(told, tt.told) {
			t.Errorf("%s: %v are wrong, and told is %s", name, wrong, told)
		}
	}
}
