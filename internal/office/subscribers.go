package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) subscriberRoutes() []server.Route {
	return nil
}
