// Package export turns what the rest of the program knows into files that other programs read:
// the workbook with the list of participants (excelize, and XML of our own for the sheets), calendar files and invitations
// (iCalendar), the news feed (Atom) and the description of an event for search engines
// (schema.org).
//
// It must not decide who may see what: callers hand it only what the reader may have. It must not
// load, send or ask for the time. Everything a person has typed is written as text and nothing
// else, never as a formula, a property, an element or a script. Words come from the catalogues.
//
// # The workbook
//
// One sheet per event holds those who are to come: first the registered in Swedish order, then the
// queue in its order. Those who have cancelled are on a sheet of their own, so that mail from an
// event's sheet does not reach them and nobody reads them out at the door. The numbers on the
// first sheet are counted from the rows as they are written and so always agree with the sheets.
//
// Sheets are written as XML, row by row, and packed at once while the next rows are read, so that a
// list of any length takes up the same memory and nothing waits in other files; the sheet of those
// who have cancelled waits deflated in memory. excelize makes the styles and the book around them.
//
// On paper an event's sheet is the list at the door: number, name, organisation, status,
// reference and a box to sign in, filling the width of an A4 in landscape. Contact details and
// answers stand to the right of the print area and stay on the screen, because a paper at a door
// is read by whoever passes.
//
// A person with protected identity is masked before any column sees her, stands last among
// the registered (her place in the alphabet would tell her initial) and is left out of the figures
// per organisation and municipality (a single one there would tell where she works).
package export
