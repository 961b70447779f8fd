package auth

// Dummy is the hash that a password is compared with where there is none.
func (h *Hasher) Dummy() string { return h.dummy }
