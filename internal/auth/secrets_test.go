package auth_test

import (
	"context"
	"encoding/base32"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
)

// The vectors of RFC 6238 appendix B for SHA-1, the last six of their eight digits.
func TestTOTPStep_vectors(t *testing.T) {
	t.Parallel()
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		now := time.Unix(at, 0)
		if step, ok := auth.TOTPStep(secret, code, now); !ok || step != at/30 {
			t.Errorf("%s at %d: step %d, %v; want %d", code, at, step, ok, at/30)
		}
		for name, tt := range map[string]struct {
			off  time.Duration
			want bool
		}{
			"a step late": {30 * time.Second, true}, "a step early": {-30 * time.Second, true},
			"two steps late": {61 * time.Second, false}, "two steps early": {-61 * time.Second, false},
		} {
			if now.Add(tt.off).Unix() < 0 {
				continue // there were no codes before 1970
			}
			if _, ok := auth.TOTPStep(secret, code, now.Add(tt.off)); ok != tt.want {
				t.Errorf("%s at %d, %s: %v, want %v", code, at, name, ok, tt.want)
			}
		}
		if _, ok := auth.TOTPStep(secret, code[:3]+" "+code[3:], now); !ok {
			t.Errorf("%s typed in two groups is refused", code)
		}
	}
	for _, code := range []string{"", "12345", "1234567", "abcdef", "٢٨٧٠٨٢"} {
		if _, ok := auth.TOTPStep(secret, code, time.Unix(59, 0)); ok {
			t.Errorf("%q was taken", code)
		}
	}
}

func TestNewTOTPSecret(t *testing.T) {
	t.Parallel()
	a, b := auth.NewTOTPSecret(), auth.NewTOTPSecret()
	if a == b || len(a) != 32 {
		t.Errorf("secrets %q, %q", a, b)
	}
	now := time.Unix(1480000000, 0)
	code, err := auth.TOTPCode(a, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := auth.TOTPStep(a, code, now); !ok {
		t.Error("its own code was refused")
	}
	uri := auth.TOTPURI("Temadag", "eva öst@example.se", a)
	if uri != "otpauth://totp/Temadag:eva%20%C3%B6st@example.se?issuer=Temadag&secret="+a {
		t.Errorf("uri %s", uri)
	}
}

func TestRecoveryHash(t *testing.T) {
	t.Parallel()
	codes, hashes := auth.NewRecoveryCodes()
	if len(codes) != 10 || len(hashes) != 10 {
		t.Fatalf("%d codes, %d hashes", len(codes), len(hashes))
	}
	seen := map[string]bool{}
	for i, c := range codes {
		seen[c] = true
		for _, typed := range []string{
			c, strings.ToUpper(c), strings.ReplaceAll(c, "-", ""), " " + strings.ReplaceAll(c, "-", " ") + " ",
			strings.ReplaceAll(strings.ReplaceAll(c, "o", "0"), "l", "1"),
		} {
			if h, ok := auth.RecoveryHash(typed); !ok || !auth.SameHash(h, hashes[i]) {
				t.Errorf("%q typed as %q is not known", c, typed)
			}
		}
	}
	if len(seen) != 10 {
		t.Errorf("only %d codes differ", len(seen))
	}
	for _, not := range []string{"", "123456", codes[0][1:], codes[0] + "a", "ab!d-efgh-ijkl-mnop"} {
		if _, ok := auth.RecoveryHash(not); ok {
			t.Errorf("%q was read as a recovery code", not)
		}
	}
}

func TestTokenHash(t *testing.T) {
	t.Parallel()
	a, b := auth.NewToken(), auth.NewToken()
	ha, ok := auth.TokenHash(a)
	hb, ok2 := auth.TokenHash(b)
	if !ok || !ok2 || auth.SameHash(ha, hb) || len(a) != 52 || strings.Contains(a, string(ha)) {
		t.Errorf("tokens %q, %q", a, b)
	}
	for _, not := range []string{"", "x", a[1:], a + "a", strings.ToUpper(a)} {
		if _, ok := auth.TokenHash(not); ok {
			t.Errorf("%q was read as a token", not)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.0/24", " 192.0.2.7 ": "192.0.2.0/24", "::ffff:192.0.2.7": "192.0.2.0/24",
		"2001:db8:1:2::3": "2001:db8:1::/48", "fe80::1%eth0": "fe80::/48", "": "unknown", "x": "unknown",
	} {
		if got := auth.Network(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestAgent(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0": "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1":                 "Safari, iPhone",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                "Firefox, Linux",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36":                                  "Chrome, Android",
		"<script>": "", "": "",
	} {
		if got := auth.Agent(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func TestHasher(t *testing.T) {
	t.Parallel()
	h, err := auth.NewHasher()
	if err != nil {
		t.Fatal(err)
	}
	hash, err := h.Hash(t.Context(), "rätt häst batteri")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash %q, %v", hash, err)
	}
	for name, tt := range map[string]struct {
		password, hash string
		want           bool
	}{
		"right": {"rätt häst batteri", hash, true}, "wrong": {"rätt häst batterj", hash, false},
		"no hash": {"rätt häst batteri", "", false}, "neither": {"", "", false},
	} {
		if got, err := h.Matches(t.Context(), tt.password, tt.hash); err != nil || got != tt.want {
			t.Errorf("%s: %v, %v; want %v", name, got, err, tt.want)
		}
	}
	quick, err := auth.NewQuickHasher()
	if err != nil {
		t.Fatal(err)
	}
	if h.Outdated(hash) || !quick.Outdated(hash) {
		t.Error("the cost of a hash is not told")
	}
}

// An unknown address must cost the same as a known one: the same passes over the same memory. Time is not
// compared, which on a machine with other work tells of that.
func TestHasher_sameWorkWithoutAHash(t *testing.T) {
	h, err := auth.NewHasher()
	if err != nil {
		t.Fatal(err)
	}
	hash, err := h.Hash(t.Context(), "rätt häst batteri")
	if err != nil {
		t.Fatal(err)
	}
	took := func(kept string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := h.Matches(t.Context(), "fel häst batteri", kept); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	const memory, little = 19 << 20, 1 << 20
	if with, without := took(hash), took(""); with < memory || without < memory || with > memory+little || without > memory+little {
		t.Errorf("with a hash %d bytes of memory are worked over, without %d, want %d", with, without, memory)
	}
	if h.Outdated(h.Dummy()) {
		t.Error("what is compared where there is no hash costs something else than a hash")
	}
}

func TestHasher_limitsHowManyAtOnce(t *testing.T) {
	t.Parallel()
	h, err := auth.NewHasher()
	if err != nil {
		t.Fatal(err)
	}
	const crowd = 60
	var wg sync.WaitGroup
	var mu sync.Mutex
	busy, done := 0, 0
	start := make(chan struct{})
	for range crowd {
		wg.Go(func() {
			<-start
			_, err := h.Matches(context.Background(), "x", "")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, auth.ErrBusy):
				busy++
			case err == nil:
				done++
			default:
				t.Error(err)
			}
		})
	}
	close(start)
	wg.Wait()
	if busy == 0 || done < 18 || busy+done != crowd {
		t.Errorf("%d refused, %d looked at, of %d", busy, done, crowd)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Matches(ctx, "x", ""); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestChain_needsTheSecret(t *testing.T) {
	t.Parallel()
	a, b := keys(t, "a"), keys(t, "b")
	line := []byte("line")
	if auth.SameHash(a.Chain(nil, line), b.Chain(nil, line)) || auth.SameHash(a.Chain(nil, line), a.Chain([]byte("l"), []byte("ine"))) {
		t.Error("two chains are the same")
	}
	if auth.SameHash(a.AttemptKey("a", "bc"), a.AttemptKey("ab", "c")) {
		t.Error("two attempts are counted as one")
	}
}
