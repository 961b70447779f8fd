package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

type requestIDKey struct{}

// RequestID is the number of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// number gives the request a number of our own making; one sent by the visitor is never used.
func (s *server) number(c *gin.Context) {
	id := strconv.FormatUint(rand.Uint64(), 36)
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), requestIDKey{}, id))
	c.Writer.Header()["X-Request-Id"] = []string{id}
}

// access writes one line for each request. It names the route and never the address, which may
// hold a personal link, nor who asked. Answers of which nothing was new are told at debug level.
func (s *server) access(c *gin.Context) {
	start := s.now()
	c.Next()
	ctx, level := c.Request.Context(), slog.LevelInfo
	if c.Writer.Status() == http.StatusNotModified || s.routeName(c) == "static" {
		level = slog.LevelDebug
	}
	if !s.log.Enabled(ctx, level) {
		return
	}
	s.log.LogAttrs(ctx, level, "request",
		slog.String("request_id", RequestID(ctx)),
		slog.String("method", c.Request.Method),
		slog.String("route", s.routeName(c)),
		slog.String("pattern", c.FullPath()),
		slog.Int("status", c.Writer.Status()),
		slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.Float64("took_ms", float64(s.now().Sub(start).Microseconds())/1000),
	)
}

// routeName is the name of the route that answers, "none" where there is none.
func (s *server) routeName(c *gin.Context) string {
	if name, ok := s.names[c.FullPath()]; ok {
		return name
	}
	return "none"
}

// catch turns a panic into the page for our own faults.
func (s *server) catch(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		s.log.ErrorContext(c.Request.Context(), "panic", "request_id", RequestID(c.Request.Context()),
			"route", s.routeName(c), "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		s.fail(c, errors.New("panic"))
	}()
	c.Next()
}

// policy is the Content-Security-Policy: everything from here, nothing inline, framed by nobody.
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const features = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"

// header is one header field in its canonical form.
type header struct {
	name   string
	values []string
}

func securityHeaders(https bool) []header {
	h := []header{
		{"Content-Security-Policy", []string{policy}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Referrer-Policy", []string{"same-origin"}},
		{"Permissions-Policy", []string{features}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	}
	if https {
		h = append(h, header{"Strict-Transport-Security", []string{"max-age=31536000"}})
	}
	return h
}

// secure sets the headers every answer has. The values are shared between requests and are
// replaced, never appended to.
func (s *server) secure(c *gin.Context) {
	h := c.Writer.Header()
	for _, f := range s.headers {
		h[f.name] = f.values
	}
}

// keepPrivate is for pages about one person: kept by no one, found by no search, told to no one.
func keepPrivate(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Referrer-Policy", "no-referrer")
}

// keepForWayBack is for a form and what follows it: the visitor's own browser keeps the page, so that
// its way back shows what was typed and does not ask whether to send everything again.
func keepForWayBack(h http.Header) {
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

// host refuses requests for other hosts than ours, so that no page, link or cache can be made with
// a name that someone else chose. Machines that ask how we are may use the bare address.
func (s *server) host(c *gin.Context) {
	name := hostname(c.Request.Host)
	if name == hostname(s.base.Host) || (isLoopback(hostname(s.base.Host)) && isLoopback(name)) {
		return
	}
	if c.FullPath() == HealthPath {
		return
	}
	s.fail(c, &Refusal{Status: http.StatusMisdirectedRequest})
}

// HealthPath is the path of the route for machines that ask how we are.
const HealthPath = "/healthz"

func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(strings.TrimSuffix(host, "."), "[]"))
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// crossOrigin refuses what another site made the visitor's browser send.
func (s *server) crossOrigin(c *gin.Context) {
	if err := s.cross.Check(c.Request); err != nil {
		s.fail(c, &Refusal{Status: http.StatusForbidden, Key: "error.cross_origin"})
	}
}

// body limits what is read, and refuses at once what is known to be too much.
func (s *server) body(c *gin.Context) {
	if c.Request.ContentLength > MaxBody {
		s.fail(c, &Refusal{Status: http.StatusRequestEntityTooLarge})
		return
	}
	if c.Request.Body != nil && c.Request.Body != http.NoBody {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, MaxBody)
	}
}
