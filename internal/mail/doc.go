// Package mail writes letters to participants and hands them to a mail server.
//
// Composer turns the facts of a letter into the complete bytes of one message. The same facts give
// the same bytes, boundaries included, so that a letter composed twice is one letter. SMTP carries
// ready bytes over a few reused connections and says of each failure what it means for the letter;
// Spool keeps them as files instead, for a machine without a mail server.
//
// The message is built by go-mail, and its connection, greeting, encryption and sign-in are those
// of go-mail's SMTP client. The few lines of the transaction itself (MAIL, RCPT, DATA, the dot) are
// spoken here, on the connection that the client exports for such extensions, because that is
// where a letter is lost or sent twice: go-mail's own Send counts a letter as failed when RSET
// breaks after it was accepted, waits 15 seconds for an answer that may take ten minutes, and
// announces SMTPUTF8 for letters that do not need it.
//
// A letter has exactly one recipient; there is no way to name a second. Letters never hold what a
// participant answered to an event's questions: the templates are not given it. The room must not
// decide when a letter is sent or tried again, must not keep state between tries, and logs nothing.
package mail
