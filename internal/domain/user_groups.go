package domain

import (
	"fmt"
	"slices"
	"strings"
)

// GroupGrants says what the members of the groups of a sign-in service are granted.
type GroupGrants map[string][]Grant

// ParseGroupGrants reads "group=role:county,county; group=role:all". Its errors are for whoever wrote it.
func ParseGroupGrants(s string) (GroupGrants, error) {
	out := GroupGrants{}
	for _, line := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '\n' }) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		group, what, ok := strings.Cut(line, "=")
		role, where, ok2 := strings.Cut(what, ":")
		group, role = strings.TrimSpace(group), strings.TrimSpace(role)
		if !ok || !ok2 || group == "" {
			return nil, fmt.Errorf("%q is not group=role:county", line)
		}
		for _, c := range countyCodes(where) {
			g := Grant{Role: Role(role), County: c}
			if !GrantsSound([]Grant{g}) {
				return nil, fmt.Errorf("%q names no role or county", line)
			}
			out[group] = append(out[group], g)
		}
	}
	return out, nil
}

func countyCodes(s string) []OrganiserCode {
	var out []OrganiserCode
	if strings.TrimSpace(s) == "all" {
		for _, c := range Counties() {
			out = append(out, c.Code)
		}
		return out
	}
	for _, c := range strings.Split(s, ",") {
		out = append(out, OrganiserCode(strings.ToUpper(strings.TrimSpace(c))))
	}
	return out
}

// Of is what the members of the groups are granted, each grant once.
func (m GroupGrants) Of(groups []string) []Grant {
	var out []Grant
	for _, name := range groups {
		for _, g := range m[name] {
			if !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	return out
}

// Reaches reports whether any group is granted anything in the county: there the groups decide alone.
func (m GroupGrants) Reaches(c OrganiserCode) bool {
	for _, grants := range m {
		if slices.ContainsFunc(grants, func(g Grant) bool { return g.County == c }) {
			return true
		}
	}
	return false
}
