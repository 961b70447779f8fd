package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) importRoutes() []server.Route { return nil }
