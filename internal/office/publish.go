package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) publishRoutes() []server.Route { return nil }
