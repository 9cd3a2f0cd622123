package prove

import "github.com/nnvet/nnvet"

// blind is the training beside one on inputs of other rows.
func (l *laboratory) blind() ([]nnvet.Arm, error) {
	a, err := l.with(inputsPermuted, 0, Alteration{data: dataChange{how: inputsPermuted}})
	if err != nil {
		return nil, err
	}
	if err := l.afford(2 * fewSeeds); err != nil {
		return nil, err
	}
	return l.trained([]sided{{nnvet.Arm{What: asItIs}, l.base}, a}, upTo(firstRaced, fewSeeds), l.yard.Of)
}
