package office

import "github.com/temadag/temadag/internal/server"

func (o *Office) mailingRoutes() []server.Route {
	return nil
}
