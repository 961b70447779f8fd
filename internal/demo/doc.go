// Package demo holds the demonstration programme: four theme days as one series, a national
// conference, ten news items and a few hundred made-up participants.
//
// It is for seeing and trying Temadag, and for tests that need something real to look at. It
// gives values and nothing else: whoever loads them goes through the same use cases as everyone,
// so that no registration exists that a visitor could not have made. It must not open a database,
// speak HTTP, ask for the time or draw on chance: the same day gives the same programme, byte for
// byte.
//
// What was announced (dates, houses, speakers of the conference, deadlines, who invites whom) is
// kept as it was announced, and what was not announced stays unsaid. Capacities, hours, costs,
// programmes, access to the houses, the speakers of the theme days and every sentence are the
// demonstration's own; Content.Note says so to whoever loads it.
//
// Addresses end in example.se, telephone numbers are those set apart for fiction, and the
// documents in files/ were printed from the HTML beside them by files/print.sh.
package demo
