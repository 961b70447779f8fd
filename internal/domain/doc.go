// Package domain holds the vocabulary and the rules of Temadag: what an event, a place, a
// registration, a queue and a deadline are, and what may happen to them.
//
// It is pure. Its functions take values and the present instant and return a decision or an
// *Error; they never load, store, send, log or ask for the time, and nothing here knows of HTTP,
// SQL or HTML. Whoever adds a way to a place (web, phone, import, offer, move) calls Event.Admit
// and lets nothing else decide.
//
// # Glossary
//
// Code speaks English and the screen speaks Swedish. The words in the last column are not used.
//
//	code            på skärmen            avoid
//	series          tema                  course, campaign
//	event           tillfälle             meeting, item
//	venue           lokal                 location
//	session         programpunkt          agenda
//	speaker         medverkande           presenter
//	organiser       arrangör              tenant, account
//	registration    anmälan               booking, order, ticket
//	participant     deltagare             customer, user
//	waiting list    reservlista, kö       backlog
//	offer           erbjudande            voucher
//	transfer        överlåtelse           reassign
//	move            byte av ort           rebook
//	cancellation    avbokning             delete
//	check-in        avprickning           scan
//	no-show         utebliven             -
//	needs           behov                 comments
//	letter          brev                  notification
//	outbox          utkorg                -
//	retention rule  gallringsregel        TTL
//	case number     diarienummer          -
//	reference       referensnummer        order number
package domain
