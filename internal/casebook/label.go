package casebook

import (
	"context"
	"math"
	"slices"
)

// Pairs is how many seeds a case is measured on against what it is made of.
const Pairs = 5

// Measure trains every case and what it is made of, from the same seeds, and
// labels it by what it costs. No check looks at any of it. said is told how far
// it is.
func Measure(ctx context.Context, cases []*Case, workers int, said func(done, of int)) error {
	var orders []Order
	for _, c := range cases {
		for seed := range int64(Pairs) {
			orders = append(orders, Order{Case: c, Seed: seed + 1})
			if c.base != nil && !c.rise {
				orders = append(orders, Order{Case: c, Seed: seed + 1, Base: true})
			}
		}
	}
	runs := make(map[*Case][2][]*Run)
	bases := make(map[baseKey]*Run)
	orders, shared := once(orders, bases)
	err := Train(ctx, orders, workers, nil, func(i int, r *Run) {
		if orders[i].Base {
			*bases[shared[i]] = *r
		} else {
			both := runs[r.Case]
			both[0] = append(both[0], r)
			runs[r.Case] = both
		}
		said(i+1, len(orders))
	})
	if err != nil {
		return err
	}
	for _, c := range cases {
		var base []*Run
		for seed := range int64(Pairs) {
			base = append(base, bases[baseKey{c.baseName(), seed + 1}])
		}
		if err := c.label(runs[c][0], base); err != nil {
			return err
		}
	}
	return nil
}

// A baseKey names a run that several cases are measured against.
type baseKey struct {
	name string
	seed int64
}

func (c *Case) baseName() string {
	if c.against != "" {
		return c.against
	}
	return c.Task
}

// once leaves out what would be trained a second time.
func once(orders []Order, bases map[baseKey]*Run) (kept []Order, key []baseKey) {
	for _, o := range orders {
		k := baseKey{o.Case.baseName(), o.Seed}
		if o.Base {
			if bases[k] != nil {
				continue
			}
			bases[k] = new(Run)
		}
		kept, key = append(kept, o), append(key, k)
	}
	return kept, key
}

// label says what a case is, by its runs and those that it is measured against.
func (c *Case) label(runs, base []*Run) error {
	var skills, lost, risen []float64
	for i, r := range runs {
		if r.Err != nil {
			return r.Err
		}
		skills = append(skills, r.Skill.Answers)
		if r.Skill.Sort != "" {
			risen = append(risen, r.Skill.Lost)
		}
		switch {
		case c.rise:
			lost = append(lost, r.Skill.Lost)
		case c.base != nil:
			if base[i].Err != nil {
				return base[i].Err
			}
			lost = append(lost, costs(r.Skill, base[i].Skill))
		}
	}
	c.Skill, c.Lost, c.Risen = round(median(skills)), round(median(lost)), round(median(risen))
	c.Label = Sound
	switch c.Group {
	case Injected, Restated:
		if c.By != "" {
			c.Label = Faulty
			return nil
		}
		c.By = "measured"
		if c.Lost >= harmful {
			c.Label = Faulty
		}
	default:
		c.By = "measured"
		if !(c.Skill >= c.floor) || c.Lost >= harmful || c.Risen >= harmful {
			c.Label = Neither
		}
	}
	return nil
}

// costs returns the skill that one run has less than another: of the loss where
// both have one of the same sort, else of the answers.
func costs(run, base Skill) float64 {
	if run.Sort != "" && run.Sort == base.Sort {
		return base.Loss - run.Loss
	}
	return base.Answers - run.Answers
}

// median returns the middle of some numbers; 0 of none.
func median(xs []float64) float64 {
	if len(xs) == 0 {
		return 0
	}
	xs = slices.Sorted(slices.Values(xs))
	return (xs[(len(xs)-1)/2] + xs[len(xs)/2]) / 2
}

// round keeps three decimals: more differ between machines.
func round(v float64) float64 { return math.Round(v*1000) / 1000 }
