package casebook

// together are faults that come in twos: the first is made first.
var together = [][2]string{
	{"inputs-raw", "relu-at-end"},
	{"targets-raw", "tanh-at-end"},
	{"inputs-shifted", "normal-init"},
	{"lr-times", "not-validated"},
	{"softmax-twice", "lr-over"},
	{"decay", "few-epochs"},
	{"column-times", "dropout"},
	{"deep-sigmoid", "full-batch"},
	{"labels-shuffled", "lr-over"},
	{"negative-bias", "inputs-times"},
}

// pairs returns them as changes of their own, at the first of their doses.
func pairs() []Change {
	byName := make(map[string]*Change)
	for _, list := range [][]Change{dataFaults, trainingFaults, netFaults} {
		for k := range list {
			byName[list[k].Name] = &list[k]
		}
	}
	var out []Change
	for _, names := range together {
		a, b := byName[names[0]], byName[names[1]]
		out = append(out, Change{
			Name: a.Name + "+" + b.Name, Faults: append(append([]Fault(nil), a.Faults...), b.Faults...), Fits: all(a.Fits, b.Fits),
			Apply: func(p *Program, _ float64) {
				a.Apply(p, a.first())
				b.Apply(p, b.first())
			},
		})
	}
	return out
}

// first returns the dose that a change is made at where it is not varied.
func (c *Change) first() float64 {
	if len(c.Doses) == 0 {
		return 0
	}
	return c.Doses[0]
}
