package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/temadag/temadag/internal/domain"
)

// greet tells whoever started the program where to look.
func (p *program) greet(ctx context.Context) {
	fmt.Printf("\nTemadag %s\n  pages    %s/\n", version, p.baseURL)
	if p.relay == nil && p.loopback {
		fmt.Printf("  letters  %s/dev/mail (kept in %s, not sent)\n", p.baseURL, filepath.Join(p.dataDir, "mail"))
	} else if p.relay != nil {
		fmt.Printf("  letters  through %s\n", p.relay.Address())
	}
	fmt.Printf("  data     %s\n", p.where())
	if day, err := p.store.Setting(ctx, demoSetting); err == nil && day != "" {
		fmt.Printf("  This is the demonstration of %s. Its lists: bin/temadag export --county BD -o lista.xlsx\n", day)
		p.greetStaff(ctx)
	}
	if !p.real {
		fmt.Printf("  The clock is turned to %s.\n", p.now().In(domain.Stockholm()).Format("2006-01-02 15:04"))
	}
	fmt.Println("\nCtrl-C stops it; nothing is lost.")
}

// greetStaff prints a link into the back office of the demonstration, on one's own machine only.
func (p *program) greetStaff(ctx context.Context) {
	if !p.loopback {
		return
	}
	link, err := p.demoLink(ctx)
	if err != nil {
		p.log.WarnContext(ctx, "no link into the back office", "error", err)
		return
	}
	fmt.Printf("  staff    %s\n           works once, for a quarter of an hour; bin/temadag user link %s makes another\n", link, demoUser)
}
