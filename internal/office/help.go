package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) helpRoutes() []server.Route { return nil }
