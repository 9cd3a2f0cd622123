package prove

// A race chooses what is proven, and proves nothing: it is run only where the time
// is enough for it and for the first look at what it chooses.

// spares reports whether so many trainings of races fit into the time beside the
// proof that they are for.
func (p *Prover) spares(races int) bool { return p.affords(races + 2*p.looks()[0].Pairs) }

// raceOf is how many trainings a race of n candidates takes.
func raceOf(n int) int {
	if n < 2 {
		return 0
	}
	return n + max(2, (n+1)/2)*(raceSeeds-1)
}

// rateRaces is how many trainings both arms take to find a learning rate of their
// own, past the edge of those that are tried first.
func rateRaces() int { return 2 * (raceOf(1+len(doses["lr"])) + raceOf(3)) }
