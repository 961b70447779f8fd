package view

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Static serves the static files from memory. Each has an address that holds a hash of its content,
// so that a browser may keep it for ever; text is kept compressed. The style sheets css/*.css are
// served as one, css/temadag.css, in the order of their names, and what they refer to by
// url("../fonts/…") is pointed at its hashed address.
type Static struct {
	fsys  fs.FS
	files map[string]staticFile // not changed after NewStatic

	dev   bool
	mu    sync.Mutex // guards what follows, used in dev only
	stamp string
	fresh map[string]staticFile
}

type staticFile struct {
	url   string
	hash  string
	mime  string
	plain []byte
	gzip  []byte // nil where it would not be smaller
}

const (
	staticPrefix = "/static/"
	styleSheet   = "css/temadag.css"
)

// NewStatic reads every file of fsys.
func NewStatic(fsys fs.FS) (*Static, error) {
	files, err := readStatic(fsys)
	if err != nil {
		return nil, err
	}
	return &Static{fsys: fsys, files: files}, nil
}

// NewStaticDev is NewStatic for a folder that is being worked on: a changed file is read again.
func NewStaticDev(fsys fs.FS) (*Static, error) {
	s, err := NewStatic(fsys)
	if err != nil {
		return nil, err
	}
	s.dev = true
	return s, nil
}

// URL is the address of the file, "/static/3f2a9c…/css/temadag.css". An unknown name gives an
// address that is not found, so that tests which follow every link see it.
func (s *Static) URL(name string) string {
	if f, ok := s.current()[name]; ok {
		return f.url
	}
	return staticPrefix + "missing/" + name
}

// Open opens the file as it stands in the folder.
func (s *Static) Open(name string) (fs.File, error) { return s.fsys.Open(name) }

// Has reports whether there is a file of the name.
func (s *Static) Has(name string) bool {
	_, ok := s.current()[name]
	return ok
}

// ServeHTTP answers GET and HEAD for /static/HASH/NAME, and for /favicon.ico and
// /apple-touch-icon.png, which browsers ask for unasked. A file under an old hash is served as it
// is now, to be kept no longer than it is true.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, staticPrefix), "/")
	if !strings.HasPrefix(r.URL.Path, staticPrefix) {
		hash, name = "", "img/"+path.Base(r.URL.Path)
	}
	f, ok := s.current()[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	f.serve(w, r, hash == f.hash && !s.dev)
}

func (f staticFile) serve(w http.ResponseWriter, r *http.Request, forEver bool) {
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	if forEver {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, tag := f.plain, `"`+f.hash+`"`
	if f.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body, tag = f.gzip, `"`+f.hash+`-gzip"`
		}
	}
	h.Set("ETag", tag)
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // nobody is left to tell of a broken connection
	}
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight == "" || strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != ""
		}
	}
	return false
}

func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == tag {
			return true
		}
	}
	return false
}

// current is the files as they are: those read at start, or in dev those read since the last change.
func (s *Static) current() map[string]staticFile {
	if !s.dev {
		return s.files
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if stamp := stampOf(s.fsys); s.fresh == nil || stamp != s.stamp {
		if files, err := readStatic(s.fsys); err == nil {
			s.fresh, s.stamp = files, stamp
		}
	}
	if s.fresh == nil {
		return s.files
	}
	return s.fresh
}

func stampOf(fsys fs.FS) string {
	var b strings.Builder
	_ = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // a file that is just being replaced is seen at the next look
		}
		if info, err := d.Info(); err == nil {
			fmt.Fprintln(&b, p, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return b.String()
}

func readStatic(fsys fs.FS) (map[string]staticFile, error) {
	raw := make(map[string][]byte)
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		buf, err := fs.ReadFile(fsys, p)
		raw[p] = buf
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("view: static files: %w", err)
	}
	files := make(map[string]staticFile, len(raw))
	var sheets []string
	for name, buf := range raw {
		if path.Ext(name) == ".css" {
			sheets = append(sheets, name)
			continue
		}
		if files[name], err = newStaticFile(name, buf); err != nil {
			return nil, err
		}
	}
	slices.Sort(sheets)
	var css bytes.Buffer
	for _, name := range sheets {
		css.Write(raw[name])
	}
	linked, err := linkSheet(css.Bytes(), files)
	if err != nil {
		return nil, err
	}
	if files[styleSheet], err = newStaticFile(styleSheet, linked); err != nil {
		return nil, err
	}
	return files, nil
}

// linkSheet points url("../fonts/…") at hashed addresses, so that a font preloaded by a page and
// the one its style sheet asks for are the same.
func linkSheet(css []byte, files map[string]staticFile) ([]byte, error) {
	var missing error
	linked := regexp.MustCompile(`url\("\.\./([^")]+)"\)`).ReplaceAllFunc(css, func(m []byte) []byte {
		name := string(m[len(`url("../`) : len(m)-len(`")`)])
		f, ok := files[name]
		if !ok {
			missing = fmt.Errorf("view: static files: the style sheet asks for %q", name)
			return m
		}
		return []byte(`url("` + f.url + `")`)
	})
	return linked, missing
}

func newStaticFile(name string, buf []byte) (staticFile, error) {
	sum := sha256.Sum256(buf)
	hash := hex.EncodeToString(sum[:8])
	f := staticFile{url: staticPrefix + hash + "/" + name, hash: hash, mime: mimeOf(name), plain: buf}
	if f.mime == "" {
		return f, fmt.Errorf("view: static files: no media type for %s", name)
	}
	if !strings.HasPrefix(f.mime, "text/") && !strings.Contains(f.mime, "svg") {
		return f, nil
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return f, fmt.Errorf("view: static files: %w", err)
	}
	if _, err := z.Write(buf); err != nil {
		return f, fmt.Errorf("view: static files: %w", err)
	}
	if err := z.Close(); err != nil {
		return f, fmt.Errorf("view: static files: %w", err)
	}
	if b.Len() < len(buf) {
		f.gzip = b.Bytes()
	}
	return f, nil
}

// mimeOf is the media type by the end of the name; the machine's own tables, which differ, are not
// asked where the answer is known.
func mimeOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".svg":
		return "image/svg+xml; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".ttf":
		return "font/ttf"
	case ".otf":
		return "font/otf"
	case ".png":
		return "image/png"
	case ".jpg":
		return "image/jpeg"
	case ".webp":
		return "image/webp"
	case ".ico":
		return "image/x-icon"
	}
	return mime.TypeByExtension(path.Ext(name))
}
