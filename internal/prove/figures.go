package prove

import "github.com/nnvet/nnvet/internal/stat"

// A Told is a figure that people know, meaned over the trainings of a claim.
type Told struct {
	Name   string `json:"name"`
	Before Figure `json:"before"`
	After  Figure `json:"after"`
}

// A telling is such a figure of one training.
type telling struct {
	name    string
	of      func(Score) float64
	answers bool // of answers, which a training is told in or not by its kind
}

// tellings are the figures that a fix is told in, the most telling first. A loss
// is none where the treatment changes what it compares.
func tellings(f *Fix, m *NamedMetric) []telling {
	var out []telling
	if m != nil {
		out = append(out, telling{m.Name, func(s Score) float64 { return s.Metric }, false})
	}
	out = append(out, telling{"accuracy", func(s Score) float64 { return s.Accuracy }, true}, telling{"R²", func(s Score) float64 { return s.R2 }, true})
	if !changesLoss(f.Treatment) {
		out = append(out, telling{"loss", func(s Score) float64 { return s.Loss }, false})
	}
	return out
}

// tell notes what more pairs scored. A mean is not finite where one training
// is not. A figure that no training has is left out; so is one of answers that
// only one side has, as where a classifier takes the place of differences.
func (f *Fix) tell(before, after []Score, m *NamedMetric) {
	f.scored[0], f.scored[1] = append(f.scored[0], before...), append(f.scored[1], after...)
	f.Figures = nil
	for _, t := range tellings(f, m) {
		var values [2][]float64
		var has [2]bool
		for arm, scores := range f.scored {
			for _, s := range scores {
				values[arm] = append(values[arm], t.of(s))
				has[arm] = has[arm] || stat.Finite(t.of(s))
			}
		}
		if has[0] && has[1] || (has[0] || has[1]) && !t.answers {
			f.Figures = append(f.Figures, Told{t.name, Figure(stat.Mean(values[0])), Figure(stat.Mean(values[1]))})
		}
	}
}
