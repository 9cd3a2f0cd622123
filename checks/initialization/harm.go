package initialization

import (
	"errors"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// The limits that harm from a bad start is told by. A start can be off without
// harm: training mends much of it.
var (
	idle   = nnvet.Limit{Name: "idle", Default: 0.25, Source: "convention: a quarter of the run spent before the loss has fallen by a tenth"}
	gap    = nnvet.Limit{Name: "gap", Default: 0.6, Source: "measured on small MLPs: 99 of 100 healthy runs ended with the validation loss at most 0.44 constants' losses above that of training, all of them below 0.51"}
	flat   = nnvet.Limit{Name: "flat", Default: 0.5, Source: "measured in the casebook's part to learn from: of 17 tasks with hidden units that are mostly in their flat ends, 15 lost 0.05 of skill or more; in no healthy run was a layer past 0.12"}
	fits   = nnvet.Limit{Name: "fits", Default: 0.9, Source: "convention: where nine tenths are explained, it cost little"}
	begins = nnvet.Limit{Name: "first", Default: 0.9, Source: "200 healthy small networks: the first loss was -0.12 to 0.63 decades from that of a constant"}
)

// harmLimits are the limits that a check needs to call harmOf.
func harmLimits(own ...nnvet.Limit) []nnvet.Limit {
	return append(own, nnvet.HealthySkill, nnvet.NoSkill, idle, begins, gap, flat, fits)
}

// A harm is what a bad start did to a run, as far as the run shows it.
type harm struct {
	severity nnvet.Severity // Note where it shows none
	says     string
	evidence nnvet.Evidence
	trained  bool // the network was trained before, so that laws of initialization say nothing
}

// harmOf returns what a run shows of harm. A first loss that is far too high
// counts where weights or outputs are too large, which is what makes it so, and
// so does learning by heart, which large weights do without learning features.
func harmOf(p *nnvet.Pass, large bool) (harm, error) {
	if several(p.Trace) {
		return harm{}, errors.New("several losses are trained at once, so that no one loss shows harm")
	}
	c, err := p.Trace.Course(nnvet.Train)
	if err != nil {
		return harm{}, err
	}
	known := c.Scale.How != ""
	if known && c.Steps[0] == 0 && c.Scale.Skill(c.Values[0]) > p.Limit("skill") {
		return harm{severity: nnvet.Note, trained: true}, nil
	}
	skill := c.Skill()
	if severity, e := p.HarmOf(c); severity > nnvet.Note {
		return harm{severity: severity, says: c.Ended(), evidence: e}, nil
	}
	// What follows is more than the end of a run tells of any pattern: how a bad
	// start shows in one that ended well.
	if off := math.Log10(c.Values[0] / c.Scale.Loss); large && known && c.Steps[0] == 0 && off > p.Limit("first") && !recovered(p.Trace, c) {
		return harm{
			severity: nnvet.Warning,
			says:     fmt.Sprintf("the first loss is %s, %s times that of %s", figure(c.Values[0]), short(c.Values[0]/c.Scale.Loss), c.Scale.How),
			evidence: nnvet.Evidence{What: "first loss over that of a constant", Saw: off, Unit: "decades", Key: c.Key, Limit: "first"},
		}, nil
	}
	if share, to := idleShare(c); share > p.Limit("idle") {
		return harm{
			severity: nnvet.Warning,
			says:     fmt.Sprintf("the loss had not fallen by a tenth before step %d", to),
			evidence: nnvet.Evidence{What: "share of the run before the loss has fallen by a tenth", Saw: share, Key: c.Key, Limit: "idle"},
		}, nil
	}
	if v, err := p.Trace.Course(nnvet.Validation); large && err == nil && skill-v.Skill() > p.Limit("gap") {
		return harm{
			severity: nnvet.Warning,
			says:     v.Ended(),
			evidence: nnvet.Evidence{What: "validation loss above that of training, in constants' losses", Saw: skill - v.Skill(), Key: v.Key, Limit: "gap"},
		}, nil
	}
	if h, ok := stayedFlat(p, c); large && ok {
		return h, nil
	}
	return harm{severity: nnvet.Note, says: "the network has learned all the same", evidence: c.Evidence("")}, nil
}

// stayedFlat returns the harm of hidden units that were in their flat ends to the
// end, where the training or the validation rows are not nearly explained. What
// stands behind such a layer still learns, from features that chance made.
func stayedFlat(p *nnvet.Pass, train nnvet.Course) (harm, bool) {
	worst := train
	if v, err := p.Trace.Course(nnvet.Validation); err == nil && v.Skill() < worst.Skill() {
		worst = v
	}
	if worst.Scale.How == "" || !(worst.Skill() < p.Limit("fits")) {
		return harm{}, false
	}
	for _, f := range p.Trace.Flat() {
		if f.Share > p.Limit("flat") {
			return harm{
				severity: nnvet.Warning,
				says:     fmt.Sprintf("%.0f %% of the outputs of layer %s are still in its flat ends when training ends, and %s", 100*f.Share, f.Layer.Name, worst.Ended()),
				evidence: nnvet.Evidence{What: "outputs in the flat ends at the end", Saw: f.Share, Key: f.Key, Limit: "flat"},
			}, true
		}
	}
	return harm{}, false
}

// recovered reports whether a bad start was soon made up for: the loss came
// below nine tenths of a constant's within a twentieth of the run, and the run
// ended with most of it learned. Sums of many branches start loud by
// themselves: they have a tenth of the run, which is what a warm-up takes, and
// need end no better than healthy runs do.
func recovered(t *nnvet.Trace, c nnvet.Course) bool {
	const soon, most, warmUp = 0.05, 0.8, 0.1
	if skips(t) > 0 {
		return loud(c) < warmUp && c.Skill() >= nnvet.HealthySkill.Default
	}
	share, _ := idleShare(c)
	return share < soon && c.Skill() >= most
}

// loud returns the share of the run's steps before the loss was below nine
// tenths of the scale, by the mean of a fiftieth of the losses, at most 20 of
// them: that of a longer past would remember a loud start for long.
func loud(c nnvet.Course) float64 {
	w := min(max(c.Len()/50, 1), 20)
	from, to := c.Steps[0], c.Steps[c.Len()-1]
	for i := 0; i+w <= c.Len(); i++ {
		if stat.Mean(c.Values[i:i+w]) < 0.9*c.Scale.Loss {
			return float64(c.Steps[i]-from) / math.Max(float64(to-from), 1)
		}
	}
	return 1
}

// several reports whether more than one loss is trained on, as in adversarial
// or reinforcement learning: then none of them need fall.
func several(t *nnvet.Trace) bool {
	n := 0
	for i := range t.Heads {
		if t.Series(nnvet.Key{Quantity: nnvet.HeadLoss, Site: t.Heads[i].Name, Split: nnvet.Train}).Len() > 0 {
			n++
		}
	}
	return n > 1
}

// idleShare returns the share of the run's steps, and the step, before the
// smoothed loss has fallen to nine tenths of the scale.
func idleShare(c nnvet.Course) (share float64, step int64) {
	from, to := c.Steps[0], c.Steps[c.Len()-1]
	for i, v := range stat.EMA(c.Values, 0.9) {
		if v < 0.9*c.Scale.Loss {
			return float64(c.Steps[i]-from) / math.Max(float64(to-from), 1), c.Steps[i]
		}
	}
	return 1, to
}
