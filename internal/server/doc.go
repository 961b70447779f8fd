// Package server is the door to the web: the router with its middleware, the one table of routes,
// and the one place where a refusal becomes an HTTP status.
//
// A request passes, in this order: a request number, the access log, the net that catches panics,
// the security headers, the list of hosts we answer for, the check against requests made by other
// sites, the limit of the body; then its route, which asks for its permission, counts what is
// posted and calls the handler. A handler returns an error and never writes an error page: the page
// is drawn by whoever wired the room (Options.Fail), once, from a Failure.
//
// Four choices differ from gin's own, each for a reason: the http.Server is made here with
// time-outs (gin's has none), no proxy is trusted unless named (gin trusts all), a panic is told to
// the visitor as a page, and redirects for a slash too many are our own (gin builds them from a
// header that the visitor sends).
//
// The referrer policy is same-origin and not no-referrer, save on personal pages: with no-referrer
// a browser sends "Origin: null" with our own forms, and over plain HTTP, where it sends no
// Sec-Fetch-Site, the check against other sites would then refuse everyone. Nothing leaves to other
// sites either way.
//
// The cookie of a sign-in is set, read and taken away here alone (session.go). It is read on the routes of
// those who sign in and nowhere else, so that a public page is the same for everyone. The token in it is
// looked up at every request: a role that was taken back, or a sign-in that was ended, is gone at once.
//
// The room must not know what a page looks like, must not read data, and decides nothing beyond
// what the table says.
package server
