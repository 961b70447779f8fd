package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) createRoutes() []server.Route { return nil }
