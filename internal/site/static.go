package site

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// staticShow serves a static file. What is not there gets our own page.
func (s *Site) staticShow(c *gin.Context) error {
	if !s.static.Has(strings.TrimPrefix(c.Param("file"), "/")) {
		return domain.NotFound("")
	}
	s.static.ServeHTTP(c.Writer, c.Request)
	return nil
}

// iconShow serves the pictures that browsers ask for without having read a page.
func (s *Site) iconShow(c *gin.Context) error {
	if !s.static.Has("img" + c.Request.URL.Path) {
		return domain.NotFound("")
	}
	s.static.ServeHTTP(c.Writer, c.Request)
	return nil
}
