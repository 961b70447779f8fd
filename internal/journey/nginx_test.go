package journey_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/check"
)

const publicHost = "temadag.example.se"

// proxied is a program behind an nginx that is set up as the program prints it.
type proxied struct {
	*program
	dir        string
	tls, plain string // addresses that nginx listens on
}

// behindNginx starts both. change spoils the configuration, for twins; nil leaves it as it is.
func behindNginx(t *testing.T, change func(conf string) string) *proxied {
	t.Helper()
	p := &proxied{program: furnished(t), dir: t.TempDir(), tls: freeAddress(t), plain: freeAddress(t)}
	p.env = append(p.env, "TEMADAG_BASE_URL=https://"+publicHost, "TEMADAG_TRUSTED_PROXIES=127.0.0.1")
	conf, err := p.run("print", "nginx")
	if err != nil {
		t.Fatalf("print nginx: %v\n%s", err, conf)
	}
	moved := regexp.MustCompile(`(?m)^.*listen \[::\].*\n`).ReplaceAllString(conf, "") // not every machine has IPv6
	for _, r := range [][2]string{
		{"listen 80;", "listen " + p.plain + ";"},
		{"listen 443 ssl", "listen " + p.tls + " ssl"},
		{"server 127.0.0.1:8080 ", "server " + p.addr + " "},
		{"/etc/ssl/", p.dir + "/"},
		{"/var/log/nginx/", p.dir + "/"},
	} {
		if !strings.Contains(moved, r[0]) {
			t.Fatalf("the configuration has no %q", r[0])
		}
		moved = strings.ReplaceAll(moved, r[0], r[1])
	}
	if change != nil {
		spoilt := change(moved)
		if spoilt == moved {
			t.Fatal("the twin is the real thing")
		}
		moved = spoilt
	}
	certificate(t, p.dir)
	check.Nginx(t, p.dir, moved)
	p.start()
	p.await("nginx", func() bool {
		c, err := net.Dial("tcp", p.tls)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	return p
}

// certificate is one that nobody has heard of.
func certificate(t *testing.T, dir string) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	key, err := x509.MarshalPKCS8PrivateKey(s.TLS.Certificates[0].PrivateKey)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "temadag.crt"), pemOf(s), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "temadag.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600))
}

// from is a browser on a machine with that address, which says of itself what forged answers: another address each
// time.
func (p *proxied) from(address string) *http.Client {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 8, //nolint:gosec // it was made above
		DialContext: func(ctx context.Context, network, at string) (net.Conn, error) {
			if strings.HasSuffix(at, ":443") {
				return d.DialContext(ctx, network, p.tls)
			}
			return d.DialContext(ctx, network, p.plain)
		},
	}
	p.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: &liar{next: transport}, Timeout: 30 * time.Second}
}

// liar says in every way it knows that it comes from elsewhere.
type liar struct {
	next http.RoundTripper
	mu   sync.Mutex
	n    int
}

func (l *liar) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.n++
	forged := fmt.Sprintf("203.0.%d.%d", l.n/250+1, l.n%250+1)
	l.mu.Unlock()
	r = r.Clone(r.Context())
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip", "Client-Ip"} {
		r.Header.Set(name, forged)
	}
	r.Header.Set("Forwarded", "for="+forged)
	return l.next.RoundTrip(r)
}

// A browser on a machine of its own: all of 127.0.0.0/8 is this one, and networks are told apart by their first 24 bits.
const (
	hers   = "127.0.2.2"
	others = "127.0.3.3"
)

// flood sends forms from one address, each with another lie about where it comes from, and answers how many were
// looked at before one was refused; all where none was.
func (p *proxied) flood(client *http.Client, most int) int {
	p.t.Helper()
	for n := range most {
		resp, err := client.PostForm("https://"+publicHost+"/tillfalle/temadag-lulea/anmalan", url.Values{"step": {"review"}})
		must(p.t, err)
		drain(resp.Body)
		if resp.StatusCode == http.StatusTooManyRequests {
			return n
		}
		if resp.StatusCode != http.StatusUnprocessableEntity {
			p.t.Fatalf("form %d: %s", n, resp.Status)
		}
	}
	return most
}

// TestNginx is the configuration that the program prints, as it is but for addresses and paths: somebody registers
// through it, and whoever forges where she comes from is counted, and written down, by where she does come from.
func TestNginx(t *testing.T) {
	testkit.OncePerRun(t)
	t.Parallel()
	p := behindNginx(t, nil)
	client := p.from(hers)
	v := newVisitor(t)
	v.client = client

	v.open("http://" + publicHost + "/tema/")
	if v.page.url.Scheme != "https" {
		t.Errorf("who came without encryption is at %s", v.page.url)
	}
	v.open("https://" + publicHost + "/tillfalle/temadag-lulea/anmalan")
	v.expect(http.StatusOK, "Steg 1 av 2")
	v.step("review", asa())
	v.expect(http.StatusOK, "Steg 2 av 2")
	time.Sleep(3 * time.Second) // as a person reads
	if v.step("send", nil); !strings.HasPrefix(v.page.url.Path, "/kvitto/") {
		t.Fatalf("no receipt but %s:\n%s", v.page.url, v.page.words())
	}
	link := p.letterTo(asa().Get("email"), 1).link(t, "/min-anmalan/")
	if !strings.HasPrefix(link, "https://"+publicHost+"/") {
		t.Errorf("the letter leads to %s", link)
	}
	v.open(link)
	v.expect(http.StatusOK, "Öhman-Ćurić")

	jar, err := cookiejar.New(nil)
	must(t, err)
	client.Jar = jar
	officer := &officer{v, p.program}
	out, err := p.run("user", "add", "yvonne@example.se", "--name", "Yvonne Exempel", "--county", "Y", "--role", string(domain.RoleAdministrator))
	must(t, err)
	officer.enter("https://" + publicHost + strings.Fields(out[strings.Index(out, "https://"+publicHost)+len("https://"+publicHost):])[0])
	officer.sends("Logga in", nil, "I dag")
	if n := p.count("SELECT count(*) FROM sign_ins WHERE network = ?", "127.0.2.0/24"); n != 1 {
		t.Errorf("%d sign-ins are written down as from where she is", n)
	}
	client.Jar = nil

	for path, want := range map[string]int{"/readyz": http.StatusForbidden, "/healthz": http.StatusForbidden, "/finns-inte": http.StatusNotFound} {
		v.open("https://" + publicHost + path)
		v.expect(want)
	}
	resp, err := client.PostForm("https://"+publicHost+"/tillfalle/temadag-lulea/anmalan", url.Values{"step": {strings.Repeat("x", 80<<10)}})
	must(t, err)
	if drain(resp.Body); resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 80 KB is answered with %s", resp.Status)
	}

	if n := p.flood(client, floodOf); n == floodOf {
		t.Errorf("%d forms from one address were taken", n)
	}
	if n := p.flood(p.from(others), 5); n != 5 {
		t.Errorf("another address is refused after %d forms", n)
	}
	p.stop()
	for _, name := range []string{"temadag.log", "temadag-error.log", "main.log"} {
		text, err := os.ReadFile(filepath.Join(p.dir, name))
		must(t, err)
		token := link[strings.LastIndex(link, "/")+1:]
		if strings.Contains(string(text), token) || strings.Contains(string(text), "/kvitto/") || name == "temadag.log" && !strings.Contains(string(text), " POST 303 ") {
			t.Errorf("%s names a personal link, or nothing at all:\n%.2000s", name, text)
		}
	}
}

// floodOf is more than one network may send in four minutes: a busy machine may need as long for more than one
// minute's 300.
const floodOf = 1200

// TestNginx_twinThatBelieves passes on what the visitor says of herself, as many a configuration does.
func TestNginx_twinThatBelieves(t *testing.T) {
	testkit.OncePerRun(t)
	t.Parallel()
	p := behindNginx(t, func(conf string) string {
		return strings.ReplaceAll(conf, "X-Forwarded-For $remote_addr", "X-Forwarded-For $http_x_forwarded_for")
	})
	const more = 400 // than the 300 a minute
	if n := p.flood(p.from(hers), more); n != more {
		t.Errorf("the twin is refused after %d forms: TestNginx proves nothing", n)
	}
}
