package prove

import (
	"errors"

	"github.com/nnvet/nnvet"
)

// heartRates are the learning rates, as factors of the one in use, at which a few
// rows are learned by heart: a small batch takes smaller ones and larger ones.
var heartRates = []float64{0.1, 0.3, 1, 3, 10}

// byHeart is the network on a few rows alone, at several learning rates.
func (l *laboratory) byHeart() ([]nnvet.Arm, error) {
	rate, ok := rateOf(l.t)
	if !ok {
		return nil, errors.New("the learning rate was not recorded")
	}
	data := dataChange{how: alone, rows: int(l.limit("rows")), steps: int64(l.limit("steps"))}
	var arms []sided
	for _, factor := range heartRates {
		a, err := l.with(alone, 0, Alteration{settings: []nnvet.Setting{{Name: "lr", To: number(rate * factor)}}, data: data})
		if err != nil {
			return nil, err
		}
		arms = append(arms, a)
	}
	if err := l.afford(len(arms)); err != nil {
		return nil, err
	}
	each, err := l.trained(arms, upTo(firstRaced, 1), func(s Score) float64 {
		if s.Answers == 1 { // every row is answered right, however surely
			return 1
		}
		return s.learned()
	})
	if err != nil {
		return nil, err
	}
	out := nnvet.Arm{What: alone}
	for i, a := range each {
		out.At, out.Figures = append(out.At, rate*heartRates[i]), append(out.Figures, a.Figures...)
	}
	return []nnvet.Arm{out}, nil
}
