package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

// serveBare is the floor of the pages: a gin engine with one route and no middleware that answers
// ready bytes. args: address, number of bytes.
func serveBare(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: child gin ADDRESS BYTES")
	}
	size, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("number of bytes: %w", err)
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	body := bytes.Repeat([]byte("å"), size/2+1)[:size]
	engine.GET("/", func(c *gin.Context) { c.Data(http.StatusOK, "text/html; charset=utf-8", body) })
	server := &http.Server{Addr: args[0], Handler: engine, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// getRequest is a request for path as a browser on a kept connection would send it, less what a
// server does not read.
func getRequest(addr, path string, fields ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/html\r\n", path, addr)
	for _, f := range fields {
		b.WriteString(f + "\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}
