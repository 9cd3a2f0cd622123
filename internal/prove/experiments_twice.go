package prove

import (
	"fmt"

	"github.com/nnvet/nnvet"
)

// twice is the training twice from the seed that it is written with. The journal
// would give the first for the second, so they are not kept in it.
func (l *laboratory) twice() ([]nnvet.Arm, error) {
	if err := l.afford(2); err != nil {
		return nil, err
	}
	var out []nnvet.Arm
	l.plan(2)
	for _, what := range []string{"once", "again"} {
		dir, err := l.journal.dir()
		if err != nil {
			return nil, err
		}
		t, err := l.subject.Train(l.ctx, Order{Variant: l.base, Dir: l.journal.path(dir)})
		if err != nil {
			return nil, err
		}
		l.done, l.unkept, l.walls = l.done+1, l.unkept+1, l.walls+t.Wall
		l.say("an experiment for " + l.check.Name)
		if t.Trace == nil {
			return nil, fmt.Errorf("the second training left no trace: %s", t.Failed)
		}
		c, err := t.Trace.Course(nnvet.Train)
		if err != nil && c.Series == nil {
			return nil, err
		}
		a := nnvet.Arm{What: what, Figures: c.Values}
		for _, step := range c.Steps {
			a.At = append(a.At, float64(step))
		}
		out = append(out, a)
	}
	return out, nil
}
