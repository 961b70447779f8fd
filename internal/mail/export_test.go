package mail

// AppendQuoted is for the tests.
var AppendQuoted = appendQuoted

// Unmoulded is c without the moulds it has made.
func (c *Composer) Unmoulded() *Composer {
	c.moulds.mu.Lock()
	defer c.moulds.mu.Unlock()
	c.moulds.kept = nil
	return c
}

// MouldsReady counts the moulds that letters are cast in.
func (c *Composer) MouldsReady() (n int) {
	for _, like := range c.moulds.kept {
		for _, m := range like {
			if m.state == mouldReady {
				n++
			}
		}
	}
	return n
}

// SpoilMoulds exchanges name and reference in every mould.
func (c *Composer) SpoilMoulds() {
	for _, like := range c.moulds.kept {
		for _, m := range like {
			for i, p := range m.html {
				if p.own == ownName {
					m.html[i].own = ownReference
				}
			}
		}
	}
}
