package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) editRoutes() []server.Route { return nil }
