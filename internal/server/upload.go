package server

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// Upload is a file that came with a form. Its name and kind are what the sender calls them, and prove
// nothing.
type Upload struct {
	Filename string
	Content  []byte
}

// ReadUpload is ReadForm for a form with files (multipart/form-data). Each name in files may hold one;
// where none was chosen it is absent from what is answered. How much may come in all is the route's
// MaxBody, and all of it is held in memory.
func ReadUpload(c *gin.Context, files, single []string, several ...string) (url.Values, map[string]Upload, error) {
	unknown := &Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	parts, err := c.Request.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		return nil, nil, &Refusal{Status: http.StatusUnsupportedMediaType, Key: "error.form_unknown"}
	}
	if err != nil {
		return nil, nil, unknown
	}
	values, uploads := make(url.Values), make(map[string]Upload)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return values, uploads, nil
		}
		if TooLarge(err) {
			return nil, nil, err
		}
		if err != nil {
			return nil, nil, unknown
		}
		name := part.FormName()
		content, err := content(part)
		switch {
		case TooLarge(err):
			return nil, nil, err
		case err != nil:
			return nil, nil, unknown
		case part.FileName() != "" && slices.Contains(files, name) && uploads[name].Filename == "":
			uploads[name] = Upload{Filename: part.FileName(), Content: content}
		case slices.Contains(files, name) && len(content) == 0:
		case part.FileName() != "":
			return nil, nil, unknown
		case slices.Contains(several, name), slices.Contains(single, name) && !values.Has(name):
			values.Add(name, string(content))
		default:
			return nil, nil, unknown
		}
	}
}

func content(part *multipart.Part) ([]byte, error) {
	b, err := io.ReadAll(part)
	return b, errors.Join(err, part.Close())
}

// Attachment is the Content-Disposition of a file to be kept under the name (RFC 6266): in ASCII for old
// programs, and as it is written for all others.
func Attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("åäáà", r):
			return 'a'
		case strings.ContainsRune("ÅÄ", r):
			return 'A'
		case strings.ContainsRune("öó", r):
			return 'o'
		case r == 'Ö':
			return 'O'
		case r == 'é':
			return 'e'
		case r < ' ' || r > '~' || strings.ContainsRune(`"\/`, r):
			return '-'
		}
		return r
	}, name)
	if plain == name {
		return `attachment; filename="` + plain + `"`
	}
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(name)
}
