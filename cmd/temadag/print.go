package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/temadag/temadag/internal/server"
)

// printed are the texts for a real installation, shipped with the program that they fit.
//
//go:embed printed
var printed embed.FS

type printCommand struct {
	What string `arg:"" enum:"unit,socket,containerfile,nginx" help:"unit or socket (systemd), containerfile, nginx."`
}

// Run writes the text to standard output.
func (v printCommand) Run() error {
	name := map[string]string{
		"unit": "temadag.service", "socket": "temadag.socket", "containerfile": "Containerfile", "nginx": "nginx.conf",
	}[v.What]
	text, err := printed.ReadFile("printed/" + name)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

type healthCommand struct{}

// Run asks the server on this machine whether it takes visitors, for the health check of a container.
func (healthCommand) Run(ctx context.Context, c *Config) error {
	addr, err := nearAddr(c.Addr)
	if err != nil {
		return fmt.Errorf("TEMADAG_ADDR: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+server.ReadyPath, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if resp.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("status %d: %s", resp.StatusCode, text), err)
	}
	fmt.Print(string(text))
	return err
}

// nearAddr is where a server that listens on addr is reached from its own machine, by number: in a container of little
// but the program nothing knows the name localhost.
func nearAddr(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	switch ip := net.ParseIP(host); {
	case host == "" || ip != nil && ip.IsUnspecified() && ip.To4() != nil:
		host = "127.0.0.1"
	case ip != nil && ip.IsUnspecified():
		host = "::1"
	}
	return net.JoinHostPort(host, port), nil
}
