package main

import "testing"

func TestMetricsAddress(t *testing.T) {
	cases := map[string]struct {
		addr string
		open bool
		fine bool
	}{
		"none":                     {"", false, true},
		"this machine alone":       {"127.0.0.1:9090", false, true},
		"this machine alone, IPv6": {"[::1]:9090", false, true},
		"this machine by name":     {"localhost:9090", false, true},
		"everyone":                 {":9090", false, false},
		"everyone, by number":      {"0.0.0.0:9090", false, false},
		"a network":                {"10.0.0.4:9090", false, false},
		"a network, said so":       {"10.0.0.4:9090", true, true},
		"where the pages are":      {"127.0.0.1:8080", true, false},
		"no port":                  {"127.0.0.1", false, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var s settings
			err := (&Config{Addr: "127.0.0.1:8080", MetricsAddr: c.addr, MetricsOpen: c.open}).readMetrics(&s)
			if (err == nil) != c.fine {
				t.Errorf("%q, open %t: %v", c.addr, c.open, err)
			}
			if c.fine && s.metricsAddr != c.addr {
				t.Errorf("listens on %q, want %q", s.metricsAddr, c.addr)
			}
		})
	}
}
