package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) auditRoutes() []server.Route { return nil }
