package prove

import "github.com/nnvet/nnvet/internal/stat"

// A proof that stayed inconclusive has spent its error: more seeds on top of its
// own would be a third look that nobody paid for. A new one takes as many fresh
// seeds as it is told and looks once, with an error of its own.

// Bounds of [Options.Seeds]. With fewer than LeastSeeds none of four claims could
// pass; the exact test of MostSeeds goes through a million choices of signs.
const (
	LeastSeeds = 7
	MostSeeds  = stat.MostFlips
)

// LooksOnce returns the one look of a new proof, at so many pairs.
func LooksOnce(pairs int) Looks { return Looks{{pairs, familyError}} }

// looksAt are the looks at each of so many claims.
func (p *Prover) looksAt(claims int) Looks {
	if p.Seeds > 0 {
		return LooksOnce(p.Seeds)
	}
	return LooksFor(claims)
}

// firstFresh is the first seed of proofs. Proofs of different length share none,
// and that of a length has the same each time, so that it goes on where it was
// stopped, and asking twice gives one answer.
func (p *Prover) firstFresh() int64 {
	const apart = 10_000 // more than a report ever takes
	return firstProven + apart*int64(p.Seeds)
}
