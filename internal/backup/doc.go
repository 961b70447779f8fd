// Package backup keeps the files that a lost database is brought back from: copies by the hour, day and week,
// sealed for a reader elsewhere where one is named (age, X25519), and beside them the log of what was erased
// since. It must not know of SQL: making and checking a copy of a database is the store's.
//
// The log is what a backup cannot hold: that something in it was erased later. A line is written, and is on
// disk, before whoever asked is told "erased"; it names a row by a sealed identity, so that the file tells
// nothing without the installation's secret.
package backup
