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
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("TEMADAG_ADDR: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+server.ReadyPath, nil)
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
