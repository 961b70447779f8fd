package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) manageRoutes() []server.Route { return nil }
