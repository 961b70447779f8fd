package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) listRoutes() []server.Route { return nil }
