package domain

import "slices"

// Typed is what stands in a field of one line, one text or one choice, as it was typed; of a tick "yes" or
// "". It is not ok for the lists, and for what is no field at all.
func (in EventEntry) Typed(name string) (value string, ok bool) {
	for _, f := range eventFields() {
		switch {
		case f.name != name:
		case f.one != nil:
			return *f.one(&in), true
		case f.yes != nil && *f.yes(&in):
			return "yes", true
		default:
			return "", f.yes != nil
		}
	}
	return "", false
}

// FillIn puts what was typed into the fields that Typed reads, by their names, and leaves the others alone. A
// tick is one where "yes" is typed.
func (in *EventEntry) FillIn(typed map[string]string) {
	for _, f := range eventFields() {
		value, ok := typed[f.name]
		switch {
		case !ok:
		case f.one != nil:
			*f.one(in) = value
		case f.yes != nil:
			*f.yes(in) = value == "yes"
		}
	}
}

// Take puts fields of another entry in place of its own, by their names; lists whole.
func (in *EventEntry) Take(from EventEntry, names ...string) {
	for _, f := range eventFields() {
		if slices.Contains(names, f.name) {
			f.take(in, from)
		}
	}
}

// Shown is a field as two versions of it are compared: without what is around it, of a tick "yes" or "no",
// of a list a line for each row.
func (in EventEntry) Shown(name string) string {
	for _, f := range eventFields() {
		if f.name == name {
			return f.shown(&in)
		}
	}
	return ""
}
