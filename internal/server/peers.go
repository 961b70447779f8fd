package server

import (
	"context"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// Peers are the other instances of the program. What someone is in the middle of (a file that is read in, a list
// that is being made) stays in the memory of the instance where she began, named in the id of it; whichever other
// one she reaches next passes her request on. So the proxy before them need not know who began where.
type Peers struct {
	Name string // of this instance; "" where there is no other, or none can reach this one
	// Find is where another instance is reached; false where there is none of that name.
	Find func(ctx context.Context, name string) (*url.URL, bool)
}

const (
	peerMark = "Temadag-Passed-On" // one that is passed on once is answered where it came to
	peerWait = 5 * time.Minute     // a list of a million rows is long in the making
)

// Here names an id as this instance's own.
func (p Peers) Here(id string) string {
	if p.Name == "" {
		return id
	}
	return p.Name + "-" + id
}

// elsewhere is where the request belongs with this id; false for here.
func (s *server) elsewhere(c *gin.Context, id string) (*url.URL, bool) {
	name, _, named := strings.Cut(id, "-")
	if s.peers.Name == "" || !named || name == s.peers.Name || c.GetHeader(peerMark) != "" {
		return nil, false
	}
	return s.peers.Find(c.Request.Context(), name)
}

// passOn has another instance answer. It is the same program on the same data, and asks the same questions of
// whoever sent the request.
func (s *server) passOn(c *gin.Context, to *url.URL) {
	client := c.ClientIP()
	h := c.Writer.Header()
	clear(h) // the other one sends its own
	proxy := &httputil.ReverseProxy{
		Transport: s.passing,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
			r.Out.Header.Set("X-Forwarded-For", client)
			r.Out.Header.Set(peerMark, s.peers.Name)
		},
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) {
			s.log.WarnContext(c.Request.Context(), "an instance does not answer", "request_id", requestID(c), "error", err)
			s.fail(c, &Refusal{Status: http.StatusServiceUnavailable, Key: "error.instance"})
		},
	}
	proxy.ServeHTTP(c.Writer, c.Request)
}

func newPassing() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: peerWait, DisableCompression: true}
}
