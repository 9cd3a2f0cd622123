package nnvet

import (
	"math"

	"github.com/nnvet/nnvet/internal/stat"
)

// Wanders is where the validation loss of one epoch tells little of the next's:
// steps are too long for the noise in them, and the weights only jump about. A
// network that has learned what there is to learn, and one that learns slowly,
// end with a low skill as well, but quietly.
var Wanders = Limit{Name: "wanders", Default: 0.04, Source: "measured in the casebook's part to learn from, in batches of 1 to 8 rows: 25 sound runs of 6 tasks that explain less than nine tenths stayed at 0.024 or below, but one of two whose batch was made 1 without harm came to 0.109; of 13 in which steps of one row were 3 to 10 times too long, 8 came to 0.043 to 0.173. Sound runs that explain more reached 0.097, so that it decides only beside long steps and a low skill; larger batches were too few to measure"}

// Wander returns how far the losses of evaluations lie about their trend in the
// second half of the run, in units of the scale; NaN where fewer than four were
// made there, of which nothing is known.
func (c Course) Wander() float64 {
	const few = 4
	if c.Series.Len() == 0 {
		return math.NaN()
	}
	late := c.Values[c.Len()/2:]
	if len(late) < few {
		return math.NaN()
	}
	return stat.Scatter(late) / c.Scale.Loss
}

// Restless returns how the validation loss wanders, and whether it does so past
// the limit, which the check must declare: [Wanders].
func (p *Pass) Restless() (Evidence, bool) {
	v, err := p.Trace.Course(Validation)
	if err != nil {
		return Evidence{}, false
	}
	w := v.Wander()
	return Evidence{What: "validation loss about its trend in the second half, in constants' losses", Saw: w, Key: v.Key, Limit: Wanders.Name}, w > p.Limit(Wanders.Name)
}
