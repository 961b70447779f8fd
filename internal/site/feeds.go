package site

import (
	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

func (s *Site) calendarFeed(c *gin.Context) error { return domain.NotFound("") }
func (s *Site) countyFeed(c *gin.Context) error   { return domain.NotFound("") }
func (s *Site) seriesFeed(c *gin.Context) error   { return domain.NotFound("") }
func (s *Site) eventFeed(c *gin.Context) error    { return domain.NotFound("") }
func (s *Site) newsFeed(c *gin.Context) error     { return domain.NotFound("") }

func (s *Site) eventData(l domain.Lang, e domain.Event) ([]byte, error) { return nil, nil }
func (s *Site) socialPicture(e domain.Event) ([]byte, error)            { return nil, domain.NotFound("") }
