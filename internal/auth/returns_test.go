package auth_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/auth"
)

func TestReturnTag(t *testing.T) {
	k, err := auth.New([]byte("a secret for tests only, 32 bytes or more"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := auth.New([]byte("another secret for tests only, 32 bytes"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{1, 35, 36, 4711, 1 << 62} {
		tag := k.ReturnTag(id)
		if got, ok := k.ReadReturnTag(strings.ToUpper(tag)); !ok || got != id {
			t.Errorf("%s is read as %d %v", tag, got, ok)
		}
		if len(tag) > 40 {
			t.Errorf("%s is long", tag)
		}
		if _, ok := other.ReadReturnTag(tag); ok {
			t.Error("another's tag is taken for ours")
		}
		for i := range tag {
			forged := tag[:i] + string('a'+(tag[i]-'a'+1)%26) + tag[i+1:]
			if got, ok := k.ReadReturnTag(forged); ok && forged != tag {
				t.Errorf("%s, forged, is read as %d", forged, got)
			}
		}
	}
	for _, tag := range []string{"", ".", "1", "1.", "-1.aaaa", "0.aaaa", "zzzzzzzzzzzzzzzzzzzz.a"} {
		if _, ok := k.ReadReturnTag(tag); ok {
			t.Errorf("%q is taken for ours", tag)
		}
	}
	if string(k.AddressHash("a@b.se")) == string(other.AddressHash("a@b.se")) || len(k.AddressHash("a")) != 32 {
		t.Error("the hash does not hang on the secret")
	}
}
