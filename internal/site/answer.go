package site

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

// answer is a complete response, ready to be written: the same for everyone, in a plain and a
// compressed form, each with an ETag of its own. Its header values are shared between requests.
type answer struct {
	header     http.Header // Content-Type and what the kind of answer adds
	plain      variant
	compressed variant // no body: not worth it
}

type variant struct {
	body   []byte
	tag    []string
	length []string
}

// smallest is below what compressing gains nothing.
const smallest = 1 << 10

// packer makes answers. It keeps its compressors, each of which is most of a megabyte.
type packer struct{ compressors sync.Pool }

func newPacker() *packer {
	return &packer{sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
		if err != nil {
			panic("site: gzip: " + err.Error()) // the level is a constant
		}
		return w
	}}}
}

// answer takes body over.
func (p *packer) answer(body []byte, header http.Header) *answer {
	a := &answer{header: header, plain: newVariant(body, "")}
	if len(body) < smallest || !compressible(header.Get("Content-Type")) {
		return a
	}
	w, _ := p.compressors.Get().(*gzip.Writer)
	defer p.compressors.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(body); err != nil {
		return a
	}
	if err := w.Close(); err == nil {
		a.compressed = newVariant(b.Bytes(), "-gz")
	}
	return a
}

func newVariant(body []byte, suffix string) variant {
	sum := sha256.Sum256(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + suffix + `"`
	return variant{body: body, tag: []string{tag}, length: []string{strconv.Itoa(len(body))}}
}

func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+xml") || strings.HasSuffix(kind, "+json") ||
		kind == "application/json" || kind == "application/xml" || kind == "text/javascript" || kind == "font/ttf"
}

// write sends the answer, or 304 where the visitor has it.
func (a *answer) write(c *gin.Context) {
	v := &a.plain
	h := c.Writer.Header()
	if a.compressed.body != nil {
		h["Vary"] = varyEncoding
		if acceptsGzip(c.Request.Header) {
			v = &a.compressed
		}
	}
	for name, values := range a.header {
		h[name] = values
	}
	h["Etag"] = v.tag
	if match := c.Request.Header.Get("If-None-Match"); match != "" && matches(match, v.tag[0]) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	if v == &a.compressed {
		h["Content-Encoding"] = gzipEncoding
	}
	h["Content-Length"] = v.length
	c.Status(http.StatusOK)
	_, _ = c.Writer.Write(v.body) // the visitor has gone: nobody to tell
}

// The values below are shared between requests and never changed.
var (
	varyEncoding = []string{"Accept-Encoding"}
	gzipEncoding = []string{"gzip"}
)

// matches reports whether an If-None-Match names the tag. Proxies weaken tags, so W/ is read over.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == tag {
			return true
		}
	}
	return false
}

// acceptsGzip reads Accept-Encoding as far as we need: gzip named and not refused by q=0.
func acceptsGzip(h http.Header) bool {
	for part := range strings.SplitSeq(h.Get("Accept-Encoding"), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name != "gzip" && name != "*" {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}
