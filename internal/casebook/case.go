package casebook

// The groups of cases.
const (
	Healthy  = "healthy"  // a task as it is
	Odd      = "odd"      // a task with an odd habit
	Injected = "injected" // a task with a fault put in
	Restated = "restated" // a real program, with its faults
	Fixed    = "mended"   // the same program, mended
	Benign   = "benign"   // a change that must not alarm
)

// The labels.
const (
	Faulty  = "faulty"
	Sound   = "sound"
	Neither = "neither" // meant to be sound and is not: it counts neither way
)

// A Case is a program, run from several seeds, with what nnvet should say of it.
type Case struct {
	Name   string  `json:"name"`
	Task   string  `json:"task"`
	Part   string  `json:"part"`
	Group  string  `json:"group"`
	Faults []Fault `json:"faults,omitempty"` // what was put in; right answers where Label is Faulty
	Label  string  `json:"label"`
	// By says what the label rests on: "measured", or why it is so by definition.
	By string `json:"by,omitempty"`
	// Skill is the median over paired seeds, and Lost what the case costs against
	// what it is measured against, likewise.
	Skill float64 `json:"skill"`
	Lost  float64 `json:"lost"`
	Risen float64 `json:"risen"` // what it lost since its best epoch

	make    func(seed int64) *Program
	base    func(seed int64) *Program // what harm is measured against; nil for none
	against string                    // the name of what that is, where it is not the task
	floor   float64
	rise    bool
}

// OneRun reports whether one run can show what is wrong.
func (c *Case) OneRun() bool {
	for _, f := range c.Faults {
		if f.OneRun {
			return true
		}
	}
	return false
}

// harmful is the least skill that a fault must cost to count as one.
const harmful = 0.05

// Cases lists all cases, unlabelled, in a fixed order.
func Cases(tables Tables) []*Case {
	var all []*Case
	tasks, twos := Tasks(tables), pairs()
	for i, t := range tasks {
		all = append(all, &Case{Name: t.Name, Task: t.Name, Part: t.Part, Group: Healthy, make: t.Make, floor: t.Floor})
		sample := t.Make(0)
		for k := range oddities {
			if c := &oddities[k]; c.Fits(sample) {
				all = append(all, t.changed(c, 0, Odd))
			}
		}
		n := 0
		for _, faults := range [][]Change{dataFaults, trainingFaults, netFaults, twos} {
			for k := range faults {
				c := &faults[k]
				n++
				if !c.Fits(sample) {
					continue
				}
				dose := 0.0
				if len(c.Doses) > 0 { // one dose a task: the tasks have them in turn
					dose = c.Doses[(i+n)%len(c.Doses)]
				}
				all = append(all, t.changed(c, dose, Injected))
			}
		}
	}
	return append(all, storyCases()...)
}

// changed returns the case of a task with a change.
func (t *Task) changed(c *Change, dose float64, group string) *Case {
	return &Case{
		Name: t.Name + "/" + c.at(dose), Task: t.Name, Part: t.Part, Group: group, Faults: c.Faults, By: c.Because,
		floor: t.Floor, base: t.Make, rise: c.Rise,
		make: func(seed int64) *Program {
			p := t.Make(seed)
			c.Apply(p, dose)
			return p
		},
	}
}
