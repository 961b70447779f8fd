// Package site is the web pages: the calendar, the series, the events, the news, the registration
// from form to receipt, and the feeds that go with them.
//
// It has one table of routes (table.go), one file per feature, and one struct per page beside its
// handler. A handler reads the request, asks a service, and hands a page to view; it decides
// nothing about seats, dates or permissions, and holds no SQL and no HTML.
//
// Everything that is the same for everyone is kept as ready bytes (memory.go, answer.go) until the
// programme changes, so that a rush on the morning a theme day is announced costs a look-up and a
// write. Places left may be a second behind there; a registration is always decided by the service
// inside its transaction. The form is kept the same way, with a hole for the visitor's own token.
//
// The registration needs neither cookie nor JavaScript: the form, the review page and the receipt
// carry what they need in hidden fields, and the token that they carry makes a repeat harmless. One
// form serves every event: what only some ask (a code, sessions, an invoice, needs) stands in it only
// there, and several people are registered in a form of their own that works the same way.
//
// What was typed is never lost: a fault, an old token, a full event, a busy writer or a suspicion
// of a robot each show the form or the review page again, filled in.
package site
