package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) automaticRoutes() []server.Route {
	return nil
}
