package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// HTML has the Nu HTML checker judge the documents, named as the caller likes, in one run. Each
// finding is an error or a warning, begun with the document's name.
func HTML(t testing.TB, documents map[string][]byte) []string {
	t.Helper()
	java := program(t, "Java", "java")
	jar := module(t, "vnu-jar/build/dist/vnu.jar")
	dir := t.TempDir()
	names := map[string]string{}
	args := []string{
		"-Xss8m", "-XX:TieredStopAtLevel=1", "-jar", jar,
		"--html", "--stdout", "--exit-zero-always", "--skip-info-messages", "--format", "json",
	}
	for name, document := range documents {
		path := filepath.Join(dir, fmt.Sprintf("%04d.html", len(names)))
		if err := os.WriteFile(path, document, 0o600); err != nil {
			t.Fatal(err)
		}
		names[filepath.Base(path)] = name
		args = append(args, path)
	}
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(t.Context(), java, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("check: the Nu HTML checker: %v: %s", err, complaint.String())
	}
	return nuFindings(t, out.Bytes(), names)
}

func nuFindings(t testing.TB, out []byte, names map[string]string) []string {
	t.Helper()
	var said struct {
		Messages []struct {
			Type, SubType, URL, Message, Extract string
			LastLine                             int
		}
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatalf("check: the Nu HTML checker: %v: %s", err, out)
	}
	var findings []string
	for _, m := range said.Messages {
		findings = append(findings, fmt.Sprintf("%s, line %d: %s: %s [%s]", names[filepath.Base(m.URL)],
			m.LastLine, strings.TrimSpace(m.Type+" "+m.SubType), m.Message, strings.Join(strings.Fields(m.Extract), " ")))
	}
	return findings
}
