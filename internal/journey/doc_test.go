// Package journey_test drives the built program from outside, as visitors, mail scanners, load and
// power cuts do: a child process on a port of its own, with a fresh data folder and the
// demonstration programme. What it knows of Temadag it knows from the screen, the letters, the
// workbook and, where a promise is about what is kept, from the database file.
//
// It imports no room of the house but the vocabulary; what only an organiser does, and no page yet,
// it does through testkit while the program is stopped. Long tests have a short form under -short.
package journey_test
