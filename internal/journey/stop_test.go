package journey_test

import (
	"net/http"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
)

// Told to stop, the program takes its time for those who are being answered; told so twice, it ends at once.
func TestStop_twiceIsAtOnce(t *testing.T) {
	for name, signal := range map[string]os.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			p := furnished(t)
			p.env = append(slices.Clone(p.env), "TEMADAG_STOP_DELAY=60s")
			p.start()
			p.asked = true
			if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			p.await("the program to come to its end", func() bool {
				resp, err := client.Get(p.base() + "/readyz")
				if err != nil {
					return false
				}
				_ = resp.Body.Close()
				return resp.StatusCode == http.StatusServiceUnavailable
			})
			select {
			case <-p.done:
				t.Fatal("it ended at the first")
			default:
			}
			for range 100 { // the first may still be about to be forgotten
				_ = p.cmd.Process.Signal(signal)
				select {
				case <-p.done:
				case <-time.After(200 * time.Millisecond):
					continue
				}
				if s := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !s.Signaled() || s.Signal() != signal {
					t.Errorf("it ended with %v", p.cmd.ProcessState)
				}
				p.fsck()
				return
			}
			t.Error("it did not end at the second")
		})
	}
}
