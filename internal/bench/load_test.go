package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func TestLoad_countsWhatIsAcceptedAndNothingElse(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/receipt":
			w.Header().Set("Location", "/kvitto/abc")
			w.WriteHeader(http.StatusSeeOther)
		case r.URL.Path == "/elsewhere":
			w.Header().Set("Location", "/tillfalle/x")
			w.WriteHeader(http.StatusSeeOther)
		default:
			body := strings.Repeat("x", 100_000)
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			_, _ = w.Write([]byte(body))
		}
	}))
	defer server.Close()
	addr := server.Listener.Addr().String()
	get := func(path string) []byte { return getRequest(addr, path) }
	ok := func(status int, _ []byte) bool { return status == 200 }
	tests := map[string]struct {
		requests     [][]byte
		accept       func(int, []byte) bool
		done, failed int
		received     int64
	}{
		"receipts":                         {[][]byte{get("/receipt"), get("/receipt"), get("/receipt")}, isReceipt, 3, 0, 0},
		"a redirect to elsewhere":          {[][]byte{get("/receipt"), get("/elsewhere"), get("/receipt")}, isReceipt, 2, 1, 0},
		"a page where a receipt should be": {[][]byte{get("/"), get("/receipt")}, isReceipt, 1, 1, 0},
		"long answers":                     {[][]byte{get("/"), get("/"), get("/"), get("/"), get("/")}, ok, 5, 0, 500_000},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := load{addr: addr, clients: 2, next: share(tc.requests, 2), accept: tc.accept}.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if r.Done != tc.done || r.Failed != tc.failed || r.Received != tc.received {
				t.Errorf("got %d done, %d failed, %d bytes; want %d, %d, %d", r.Done, r.Failed, r.Received, tc.done, tc.failed, tc.received)
			}
			if len(r.Waits) != r.Done {
				t.Errorf("%d waits for %d answers", len(r.Waits), r.Done)
			}
		})
	}
}

func TestLoad_toldOfABrokenServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
		}
	}()
	defer func() { _ = l.Close() }()
	one := getRequest("x", "/")
	r, err := load{
		addr: l.Addr().String(), clients: 1, next: func(int) []byte { return one },
		accept: func(int, []byte) bool { return true }, lasting: time.Second,
	}.run(t.Context())
	if err != nil || r.Done != 0 || r.Failed != 1 || !strings.Contains(r.Failure, "without a length") {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestShare_givesEachRequestOnce(t *testing.T) {
	var requests [][]byte
	for i := range 103 {
		requests = append(requests, []byte(fmt.Sprint(i)))
	}
	next := share(requests, 7)
	seen := map[string]int{}
	for client := range 7 {
		for r := next(client); r != nil; r = next(client) {
			seen[string(r)]++
		}
	}
	if len(seen) != 103 {
		t.Errorf("%d different requests of 103", len(seen))
	}
}

func TestFreshPath_isNewEachTimeAndFoundInEveryEvent(t *testing.T) {
	seen := map[string]bool{}
	for client := range 16 {
		for i := range 2000 {
			seen[freshPath(client, i)] = true
		}
	}
	if len(seen) < 30_000 {
		t.Errorf("only %d of 32,000 addresses differ", len(seen))
	}
	hay := domain.SearchKey(fixtureEvent(3, time.Now()).Title.Sv + fixtureEvent(3, time.Now()).Lead.Sv + fixtureOrganiser().Name)
	for word := range strings.SplitSeq(strings.TrimPrefix(freshPath(1, 1), "/?q="), "+") {
		if !strings.Contains(hay, word) {
			t.Errorf("%q is not found in an event", word)
		}
	}
}
