package record

// The steps that are looked at: the first ones, by which initialization and
// first losses are judged, and then ever fewer, so that a training that stops
// early is seen as well as one that does not, at a cost that hardly grows with
// its length.
const (
	dense = 5
	thin  = 10 // the next sample is a tenth of the steps done later, or
	share = 50 // this part of the run, but
	often = 10 // no more steps than this, as the run may end long before
)

// The figures of units take many rows. Where the batches are so small that the
// samples do not hold enough, there are looks in between, at nothing else.
const (
	windowRows    = 1000 // as the probe: with 32 rows, a unit that is active on 1 % of them looks dead 0.99^32 = 72 % of the time
	windowBatches = 8
	windows       = 3 // in a run: two tell units that are dead from those that rest
)

// A plan says which steps to look at next.
type plan struct {
	every  bool
	least  int64 // steps from one sample to the next, after the first ones
	apart  int64 // steps from one look to the next
	sample int64 // the next step to sample
	look   int64 // the next step to look for live units at
}

func newPlan(every bool, first, total int64, batch int) plan {
	looks := max(windowBatches, (windowRows+int64(batch)-1)/int64(batch))
	p := plan{every: every, least: min(often, max(1, total/share)), apart: max(1, total/(windows*looks)), sample: first}
	p.look = first
	return p
}

// sampled sets the next sample.
func (p *plan) sampled(step int64) {
	gap := int64(1)
	if !p.every && step >= dense-1 {
		gap = max(p.least, step/thin)
	}
	p.sample = step + gap
}

// looked sets the next look.
func (p *plan) looked(step int64) { p.look = step + p.apart }
