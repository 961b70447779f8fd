// Package i18n speaks to people in their language: texts from the catalogues, and days, hours and
// numbers as the written language wants them.
//
// A catalogue is a folder per language with one JSON file per area of the program, so that several
// people can write at once: sv/domain.json, sv/frame.json and so on. Keys are flat and dotted
// ("kind.theme_day"), a text is a string, a text that counts is {"one": …, "other": …}, and holes
// are {{.name}}. Load refuses catalogues that differ: every key stands in every language, with the
// same holes and the same plural shape. What is missing is therefore found at start and never by a
// visitor.
//
// Swedish follows Myndigheternas skrivregler: "torsdag 1 december 2016 kl. 09.00–16.00", a
// no-break space after "kl." and between day and month, an en dash without spaces. English is
// British.
//
// The room must not know what a page or a letter looks like, must not read the clock, and must not
// decide which language someone gets. Texts are plain: whoever puts them into HTML escapes them.
package i18n
