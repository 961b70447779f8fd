package server_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/server"
)

// uploaded is what ReadUpload makes of a form that write fills.
func uploaded(t *testing.T, write func(w *multipart.Writer)) (values map[string][]string, files map[string]server.Upload, err error) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	write(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, "/", &b)
	c.Request.Header.Set("Content-Type", w.FormDataContentType())
	return server.ReadUpload(c, []string{"file"}, []string{"title"}, "column")
}

func field(t *testing.T, w *multipart.Writer, name, value string) {
	t.Helper()
	if err := w.WriteField(name, value); err != nil {
		t.Fatal(err)
	}
}

func file(t *testing.T, w *multipart.Writer, name, filename, content string) {
	t.Helper()
	p, err := w.CreateFormFile(name, filename)
	if err == nil {
		_, err = p.Write([]byte(content))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadUpload(t *testing.T) {
	values, files, err := uploaded(t, func(w *multipart.Writer) {
		field(t, w, "title", "Program")
		field(t, w, "column", "a")
		field(t, w, "column", "b")
		file(t, w, "file", "Förteckning.xlsx", "PK")
	})
	if err != nil || values["title"][0] != "Program" || len(values["column"]) != 2 {
		t.Fatalf("%v %v", values, err)
	}
	if f := files["file"]; f.Filename != "Förteckning.xlsx" || string(f.Content) != "PK" {
		t.Errorf("the file is %q %q", f.Filename, f.Content)
	}
	_, files, err = uploaded(t, func(w *multipart.Writer) { file(t, w, "file", "", "") })
	if err != nil || len(files) != 0 {
		t.Errorf("no file was chosen, and there is %v %v", files, err)
	}
}

func TestReadUpload_refuses(t *testing.T) {
	for name, write := range map[string]func(w *multipart.Writer){
		"an unknown field":    func(w *multipart.Writer) { field(t, w, "county", "Z") },
		"a field twice":       func(w *multipart.Writer) { field(t, w, "title", "a"); field(t, w, "title", "b") },
		"a file twice":        func(w *multipart.Writer) { file(t, w, "file", "a", "a"); file(t, w, "file", "b", "b") },
		"an unknown file":     func(w *multipart.Writer) { file(t, w, "other", "a", "a") },
		"a file as a field":   func(w *multipart.Writer) { file(t, w, "title", "a", "a") },
		"a field as the file": func(w *multipart.Writer) { field(t, w, "file", "text") },
	} {
		var refusal *server.Refusal
		if _, _, err := uploaded(t, write); !errors.As(err, &refusal) || refusal.Status != http.StatusBadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, "/", strings.NewReader("title=a"))
	c.Request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var refusal *server.Refusal
	if _, _, err := server.ReadUpload(c, nil, nil); !errors.As(err, &refusal) || refusal.Status != http.StatusUnsupportedMediaType {
		t.Errorf("an ordinary form: %v", err)
	}
}

func TestAttachment(t *testing.T) {
	for name, want := range map[string]string{
		"lista.xlsx":       `attachment; filename="lista.xlsx"`,
		"Åre–Östersund.md": `attachment; filename="Are-Ostersund.md"; filename*=UTF-8''%C3%85re%E2%80%93%C3%96stersund.md`,
		"a\"\r\nX: y":      `attachment; filename="a---X: y"; filename*=UTF-8''a%22%0D%0AX:%20y`,
	} {
		if got := server.Attachment(name); got != want {
			t.Errorf("Attachment(%q) = %s, want %s", name, got, want)
		}
	}
}
