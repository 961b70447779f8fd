package mail

// AppendQuoted is for the tests.
var AppendQuoted = appendQuoted
