package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) deliveryRoutes() []server.Route {
	return nil
}
