package plural_test

import (
	"testing"

	"github.com/nnvet/nnvet/internal/plural"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		n           int
		thing, want string
	}{{1, "row", "1 row"}, {0, "row", "0 rows"}, {-1, "step", "-1 steps"}, {2, "class", "2 classes"}, {1, "loss", "1 loss"}} {
		if got := plural.Of(c.n, c.thing); got != c.want {
			t.Errorf("%d %s: got %q, want %q", c.n, c.thing, got, c.want)
		}
	}
	if got := plural.Of(int64(3), "epoch"); got != "3 epochs" {
		t.Errorf("got %q", got)
	}
}
