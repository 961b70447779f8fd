// Package office is the pages of those who sign in: the way in, one's own account, what is to be done
// today, and each event as those who look after it see it.
//
// It stands beside site and not in it, because nearly everything differs: nothing here is kept, every
// page depends on who asks, and every row of its table (table.go) declares a permission that visitors do
// not hold. The two share the registration form, which site alone knows: the form that staff fill in on
// the phone is the visitor's, so that an event asks the same whoever holds the pen.
//
// A handler never decides what someone may do. It hands the actor on to a use case, which looks at her
// grants; the buttons on a page only follow what the same rules say. What is absent and what belongs to
// somebody else is the same page to the byte.
//
// Everything works without scripts and without a picture: a plot has its table behind it, a passkey has
// the code of an app beside it. GET changes nothing.
package office
