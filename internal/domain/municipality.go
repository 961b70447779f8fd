package domain

// NormalMunicipality is s.
func NormalMunicipality(s string) string { return s }
