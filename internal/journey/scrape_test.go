package journey_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// watch is a program that tells how it fares on an address of its own.
type watch struct {
	*program
	at string
}

func (w watch) scrape() (string, *scrape) {
	w.t.Helper()
	resp, err := http.Get("http://" + w.at + "/metrics")
	if err != nil {
		w.t.Fatal(err)
	}
	text := string(drain(resp.Body))
	s, err := readScrape(text)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatalf("status %d, %v:\n%s", resp.StatusCode, err, text)
	}
	return text, s
}

// TestScrape reads what the running program tells Prometheus before and after people have registered: every figure
// that somebody wakes up for has moved as it should, and none of them tells of anybody.
func TestScrape(t *testing.T) {
	t.Parallel()
	begun, err := time.ParseInLocation("2006-01-02T15:04", morning, time.FixedZone("CEST", 2*3600))
	if err != nil {
		t.Fatal(err)
	}
	p := furnished(t, fmt.Sprintf("UPDATE letters SET state = 'queued', lane = 0, queued_at = %d, next_try = %d WHERE id = (SELECT max(id) FROM letters)",
		begun.Add(-time.Hour).UnixMicro(), begun.AddDate(0, 0, 1).UnixMicro()), // nobody takes it before tomorrow
		"UPDATE events SET capacity = seats_taken WHERE slug = 'temadag-ostersund'")
	w := watch{p, freeAddress(t)}
	p.env = append(p.env, "TEMADAG_RATE_LIMIT=off", "TEMADAG_METRICS_ADDR="+w.at)
	p.start()
	_, before := w.scrape()
	p.stop()
	p.start() // what is asked of the database is kept for a while

	const people = 3
	v := newVisitor(t)
	var personal []string
	for i := range people {
		person := asa()
		person.Set("email", fmt.Sprintf("canary%d.ohman@exempel.example.se", i))
		register(v, p, "temadag-lulea", person)
		personal = append(personal, v.page.url.Path[strings.LastIndex(v.page.url.Path, "/")+1:])
	}
	full := asa()
	full.Set("email", "waiting.ohman@exempel.example.se")
	register(v, p, "temadag-ostersund", full)
	link := p.letterTo("canary0.ohman@exempel.example.se", 1).link(t, "/min-anmalan/")
	v.open(link)
	own, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	personal = append(personal, own.Path[strings.LastIndex(own.Path, "/")+1:])
	v.open(p.base() + "/tillfalle/temadag-lulea?q=canary0.ohman@exempel.example.se")
	p.await("a letter to each", func() bool { return len(p.letterFiles()) >= people+1 })

	text, after := w.scrape()
	moved := func(key string, least, most float64) {
		t.Helper()
		if d := after.samples[key] - before.samples[key]; d < least || d > most {
			t.Errorf("%s moved by %g, from %g to %g; want %g to %g", key, d, before.samples[key], after.samples[key], least, most)
		}
	}
	moved(`temadag_registrations{status="confirmed"}`, people, people)
	moved("temadag_places_taken", people, people)
	moved("temadag_waiting", 1, 1)
	for key, least := range map[string]float64{ // of this process alone
		"temadag_writes_total":            people + 1,
		"temadag_commit_batch_size_sum":   people + 1,
		"temadag_commit_batch_size_count": 1,
		"temadag_commit_batch_largest":    1,
		"temadag_letters_sent_total":      people + 1,
		`temadag_http_request_duration_seconds_count{method="POST",route="/tillfalle/:slug/anmalan",status="3xx"}`: people + 1,
		`temadag_http_request_duration_seconds_count{method="GET",route="/min-anmalan/:token",status="2xx"}`:       1,
		`temadag_kept_total{outcome="hit",what="forms"}`:                                                           people - 1,
		`temadag_kept_total{outcome="miss",what="forms"}`:                                                          1,
		"temadag_visitors_limit": 1,
	} {
		if got := after.samples[key]; got < least {
			t.Errorf("%s is %g, want %g at least", key, got, least)
		}
	}
	if took := after.samples[`temadag_http_request_duration_seconds_sum{method="POST",route="/tillfalle/:slug/anmalan",status="3xx"}`]; took <= 0 {
		t.Errorf("%d registrations took %g s", people+1, took)
	}
	if n := p.count("SELECT count(*) FROM registrations WHERE status = 'confirmed'"); float64(n) != after.samples[`temadag_registrations{status="confirmed"}`] {
		t.Errorf("%d are confirmed, and Prometheus is told of %g", n, after.samples[`temadag_registrations{status="confirmed"}`])
	}
	if age := after.samples[`temadag_outbox_age_seconds{lane="each",state="queued"}`]; age < 3600 || age > 2*3600 {
		t.Errorf("the letter that has waited for an hour has waited for %g s", age)
	}
	if depth := after.samples[`temadag_outbox_depth{lane="each",state="queued"}`]; depth < 1 {
		t.Errorf("%g letters wait, and one does", depth)
	}
	if after.samples["temadag_database_up"] != 1 {
		t.Error("the database is told of as away")
	}

	if found := whoIsTold(text, personal); found != "" {
		t.Errorf("somebody is told of: %s", found)
	}
	for _, line := range []string{ // what a program would tell that named routes by their addresses, or people at all
		`temadag_http_request_duration_seconds_count{method="GET",route="` + own.Path + `",status="2xx"} 1`,
		`temadag_http_request_duration_seconds_count{method="GET",route="/tillfalle/temadag-lulea",status="2xx"} 1`,
		`temadag_letters_failed_total{to="canary0.ohman@exempel.example.se"} 1`,
		`temadag_registrations{county="BD",status="confirmed"} 1`,
	} {
		if whoIsTold(text+line+"\n", personal) == "" {
			t.Errorf("the twin that says %s is not found", line)
		}
	}
	v.open(p.base() + "/metrics")
	v.expect(http.StatusNotFound)
}

// labelsOf are the values that labels may have. A route is words and the names of its parts, never what stands in
// the place of one.
var labelsOf = map[string]*regexp.Regexp{
	"route":   regexp.MustCompile(`^(none|/|(/(:[a-z]+|[a-zåäö.-]+|\*[a-z]+))+/?)$`),
	"method":  regexp.MustCompile(`^(GET|HEAD|POST|other)$`),
	"status":  regexp.MustCompile(`^([1-5]xx|[a-z_]+)$`),
	"lane":    regexp.MustCompile(`^(each|many)$`),
	"state":   regexp.MustCompile(`^(queued|sending)$`),
	"what":    regexp.MustCompile(`^[a-z_]+$`),
	"outcome": regexp.MustCompile(`^(hit|miss)$`),
	"le":      regexp.MustCompile(`^[0-9.e+-]+|\+Inf$`),
	"version": regexp.MustCompile(`^`), "commit": regexp.MustCompile(`^`), "go": regexp.MustCompile(`^`), "engine": regexp.MustCompile(`^(sqlite|postgres)$`),
	"quantile": regexp.MustCompile(`^[01][0-9.]*$`),
}

// whoIsTold finds a person, an event, a county or a link in what Prometheus is told, "" where there is none.
func whoIsTold(text string, personal []string) string {
	for _, word := range append([]string{"canary", "Åsa", "Öhman", "example.se", "174 06 01", "Älvsbyn", "lulea", "ostersund"}, personal...) {
		if strings.Contains(strings.ToLower(text), strings.ToLower(word)) {
			return word
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		_, labels, _ := strings.Cut(strings.TrimSpace(line), "{")
		labels, _, _ = strings.Cut(labels, "}")
		for labels != "" {
			part := labelPart.FindStringSubmatch(labels)
			if allowed := labelsOf[part[1]]; allowed == nil || !allowed.MatchString(part[2]) {
				return part[0]
			}
			labels = labels[len(part[0]):]
		}
	}
	return ""
}
