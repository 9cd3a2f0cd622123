package prove

import (
	"testing"

	"github.com/nnvet/nnvet/internal/stat"
)

// A new proof takes the seeds that it is told, all of them, and none that another
// proof has.
func TestNewProofTakesFreshSeeds(t *testing.T) {
	used := make(map[int64]int)
	for _, n := range []int{0, 8, 12} {
		for _, f := range proof(t, digits{lr: 1e-5, scale: 1}, Options{Seeds: n}).Fixes {
			if n > 0 && len(f.Pairs) != n {
				t.Errorf("%s: %d pairs, want %d", f.Name, len(f.Pairs), n)
			}
			for _, p := range f.Pairs {
				if was, ok := used[p.Seed]; ok {
					t.Errorf("seed %d of a proof of %d is also of one of %d", p.Seed, n, was)
				}
				used[p.Seed] = n
			}
		}
	}
}

func TestLooksOnce(t *testing.T) {
	for n := LeastSeeds; n <= MostSeeds; n++ {
		if why := LooksOnce(n).fault(); why != "" {
			t.Errorf("%d seeds: %s", n, why)
		}
	}
	if LooksOnce(MostSeeds+1).fault() == "" {
		t.Errorf("a look at %d pairs has nothing against it, where the test takes %d", MostSeeds+1, stat.MostFlips)
	}
	better := make([]float64, LeastSeeds) // on every seed, as one of four claims
	same := make([]float64, LeastSeeds)
	for i := range better {
		better[i], same[i] = 0.3+0.01*float64(i), 0.2*float64(i%2*2-1)
	}
	looks := LooksOnce(LeastSeeds)
	if v := JudgeOf(4, from(better...), looks).Verdict; v != Proven {
		t.Errorf("with %d seeds help on each is %v, as one of four claims", LeastSeeds, v)
	}
	if v := JudgeOf(4, from(same...), looks).Verdict; v == Proven {
		t.Errorf("with %d seeds nothing is %v, as one of four claims", LeastSeeds, v)
	}
}
