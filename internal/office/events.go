package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) eventsRoutes() []server.Route { return nil }
