// Package internal is the map of the house. It holds no code: each room below is a package with
// one purpose, and imports_test.go keeps the doors between them.
//
//	domain    vocabulary and rules; no I/O, no clock, no framework
//	i18n      catalogues, plurals, Swedish and English dates
//	auth      random tokens, signed links, sealed bytes
//	worker    background jobs: schedule, wake, drain
//	metrics   what Prometheus is told; knows nobody else
//	store     all SQL: queries, transactions, dialect, migrations
//	backup    copies of the database's file, and the log of what was erased since
//	service   use cases: authorise, transact, decide, record, owe a letter
//	mail      composes messages; delivers by SMTP or to a folder
//	export    workbooks, iCalendar, Atom, schema.org
//	view      page renderer: parsed per language, frame, helpers
//	server    router, middleware, error to response
//	site      the public pages' handlers
//	office    the organisers' pages, behind a sign-in
//	demo      the demonstration programme, loaded through service
//	testkit   tests only: fresh databases, builders, a browser, checkers
//	bench     the program behind make bench
//	torture   the program behind make torture: faults and rushes, and what they must not do
//	journey   tests only: the built program, driven from outside
//
// cmd/temadag wires the rooms together by hand, and db and web embed what is not Go.
//
// The layers, from below: domain, i18n, auth, worker, db, web know nobody else (i18n may speak of
// domain); store, mail, export, view, backup and server stand on them; service stands on store; site and
// demo stand on service; office stands on site, whose form it lends; cmd stands on all. No door leads upwards or sideways, save the ones the
// table in imports_test.go names. There is no util, common or helpers: what has no room of its
// own belongs to the room that needs it.
package internal
