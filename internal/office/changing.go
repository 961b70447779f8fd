package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) changeRoutes() []server.Route { return nil }
