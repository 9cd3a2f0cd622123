package prove

import (
	"math"

	"github.com/nnvet/nnvet"
)

// mislabelled is the training on targets of other rows, scored on those.
func (l *laboratory) mislabelled() ([]nnvet.Arm, error) {
	a, err := l.with(labelsPermuted, 0, Alteration{data: dataChange{how: labelsPermuted}})
	if err != nil {
		return nil, err
	}
	if err := l.afford(fewSeeds); err != nil {
		return nil, err
	}
	return l.trained([]sided{a}, upTo(firstRaced, fewSeeds), func(s Score) float64 { return s.learned() })
}

// learned is what a training learned of the rows it has.
func (s Score) learned() float64 {
	if s.Blown {
		return worst
	}
	if math.IsNaN(s.Skill) {
		return s.Answers
	}
	return s.Skill
}
