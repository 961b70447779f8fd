package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) newsRoutes() []server.Route { return nil }
