package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// outside looks at the site as the public meets it: its address, what stands before it, and whether it is this
// installation that answers there.
func (d *doctor) outside(ctx context.Context, s settings) {
	faults := addressFaults(s)
	d.sayAll("address", faults, s.baseURL)
	d.sayAll("proxies", proxyFaults(s), proxyWords(s))
	if len(faults) == 0 {
		words, err := visit(ctx, s.baseURL)
		d.say("visit", err, words)
	}
}

// near reports whether only this machine reaches a host.
func near(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// addressFaults judges TEMADAG_BASE_URL by itself: every link in a letter begins with it, and the host is the
// only one that is answered for.
func addressFaults(s settings) (found []error) {
	u, err := url.Parse(s.baseURL)
	if err != nil {
		return []error{err}
	}
	host := u.Hostname()
	const set = "set TEMADAG_BASE_URL to what the public uses, like https://temadag.example.se"
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.IsUnspecified() || host == "":
		found = append(found, wrong(set, "%s is no address that anybody can open, and links in letters lead there", s.baseURL))
	case near(host) && !s.loopback:
		found = append(found, wrong(set, "links in letters lead to %s, which is each reader's own machine, while the program listens on %s", s.baseURL, s.addr))
	case near(host) && s.relay != nil:
		found = append(found, wrong(set, "letters are sent, and the links in them lead to %s, which is each reader's own machine", s.baseURL))
	case u.Scheme != "https" && !near(host):
		found = append(found, wrong("put a reverse proxy with a certificate before the program (temadag print nginx), and "+set,
			"%s is not encrypted: personal links, names and needs can be read on their way", s.baseURL))
	case err == nil && !near(host):
		found = append(found, warn(set, "%s is a number: certificates and people like names better", s.baseURL))
	}
	return found
}

// proxyFaults judges TEMADAG_TRUSTED_PROXIES: whose word is taken for where a visitor comes from.
func proxyFaults(s settings) (found []error) {
	for _, p := range s.proxies {
		network, err := netip.ParsePrefix(p)
		if err != nil {
			continue // a single address; settings has refused everything else
		}
		most := map[bool]int{true: 8, false: 32}[network.Addr().Is4()]
		switch {
		case network.Bits() == 0:
			found = append(found, wrong("name the addresses of your own proxies",
				"TEMADAG_TRUSTED_PROXIES holds %s: everybody may say where she comes from, and nobody is limited", p))
		case network.Bits() < most:
			found = append(found, warn("name the addresses of your own proxies", "TEMADAG_TRUSTED_PROXIES holds %s, which is more than proxies need", p))
		}
	}
	// The program itself speaks no TLS: something that does stands before it.
	if strings.HasPrefix(s.baseURL, "https://") && len(s.proxies) == 0 {
		mend := "set TEMADAG_TRUSTED_PROXIES to the proxy's address"
		if s.loopback {
			mend += ": 127.0.0.1 where it is on this machine"
		}
		found = append(found, wrong(mend, "a proxy stands before the program, and none is trusted: all visitors count as one and share its limits"))
	}
	if !s.rateLimit && !near(s.host) {
		found = append(found, wrong("TEMADAG_RATE_LIMIT=on", "nobody is limited in what she sends: TEMADAG_RATE_LIMIT is off, which is for load tests"))
	}
	return found
}

func proxyWords(s settings) string {
	if len(s.proxies) == 0 {
		return "none; visitors are told apart by their own address"
	}
	return "visitors are told apart by the word of " + strings.Join(s.proxies, ", ")
}

const (
	visitWithin = 10 * time.Second
	certSoon    = 14 * 24 * time.Hour
)

// visit opens the site as a visitor would, and answers words for what it found.
func visit(ctx context.Context, base string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, visitWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/robots.txt", nil)
	if err != nil {
		return "", err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	var untrusted *tls.CertificateVerificationError
	var unknown *net.DNSError
	switch {
	case errors.As(err, &untrusted):
		return "", wrong("get a certificate for that very host, with those between it and the root", "the certificate of %s is not to be trusted: %v", base, untrusted.Err)
	case errors.As(err, &unknown):
		return "", warn("is it in the DNS? From inside some networks it cannot be asked for", "%v", unknown)
	case err != nil:
		return "", warn("is temadag serve running, and what stands before it? From inside some networks it cannot be reached", "nobody answers: %v", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<12))
	if err != nil {
		return "", err
	}
	const host = "have the proxy pass on the host that was asked for (proxy_set_header Host $host), and set the same TEMADAG_BASE_URL here and where the server is started"
	switch {
	case resp.StatusCode == http.StatusMisdirectedRequest:
		return "", wrong(host, "%s answers that it is not the one for that host", base)
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return "", wrong(host, "%s leads on to %s, which is another address than the one in letters", base, resp.Header.Get("Location"))
	case resp.StatusCode != http.StatusOK:
		return "", warn("see the proxy's log and the program's", "%s answers %s", base, resp.Status)
	case !strings.Contains(string(text), "Sitemap: "+base+"/"):
		return "", wrong(host, "what answers at %s calls itself by another address, or is something else", base)
	}
	if resp.TLS == nil || len(resp.TLS.PeerCertificates) == 0 {
		return "this installation answers", nil
	}
	left := time.Until(resp.TLS.PeerCertificates[0].NotAfter)
	if left < certSoon {
		return "", warn("have it renewed; then browsers refuse the site", "the certificate of %s ends in %d days", base, int(left.Hours()/24))
	}
	return fmt.Sprintf("this installation answers, with a certificate for %d days more", int(left.Hours()/24)), nil
}
