package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) userRoutes() []server.Route { return nil }
