package casebook

import (
	"fmt"
	"strconv"
)

// A Fault is one thing that is wrong with a program.
type Fault struct {
	Pitfall int      `json:"pitfall"`
	Right   []string `json:"right"` // ids of the checks that name it, any of which is a right answer
	OneRun  bool     `json:"one_run"`
}

// fault returns a fault that one run can show; ids are without "NN".
func fault(pitfall int, ids ...string) Fault {
	f := Fault{Pitfall: pitfall, OneRun: true}
	for _, id := range ids {
		f.Right = append(f.Right, "NN"+id)
	}
	return f
}

// hidden returns a fault that takes an experiment to tell.
func hidden(pitfall int, ids ...string) Fault {
	f := fault(pitfall, ids...)
	f.OneRun = false
	return f
}

// A Change makes another program of a sound one: a faulty one, or an odd one
// that should be as healthy.
type Change struct {
	Name   string
	Faults []Fault // none: it should do no harm
	Doses  []float64
	Fits   func(p *Program) bool
	Apply  func(p *Program, dose float64)
	// Because says why it is a fault where the run cannot show the harm: then it
	// is one by definition.
	Because string
	// Rise says that the harm is what the run lost since its best epoch, rather
	// than what it lost against the sound program.
	Rise bool
}

// dose returns the name of a change at a dose.
func (c *Change) at(dose float64) string {
	if len(c.Doses) == 0 {
		return c.Name
	}
	return c.Name + "-" + strconv.FormatFloat(dose, 'g', -1, 64)
}

func (c *Change) String() string { return fmt.Sprintf("%s %v", c.Name, c.Doses) }

// What programs a change is possible for.

func always(*Program) bool         { return true }
func amounts(p *Program) bool      { return p.Table.Goal == Amount }
func exclusive(p *Program) bool    { return p.Loss.Kind == "cross_entropy" }
func yesNo(p *Program) bool        { return p.Table.Goal == Class && p.Table.Classes == 2 }
func dense(p *Program) bool        { return p.Net.Layers == nil && len(p.Net.Filters) == 0 }
func small(p *Program) bool        { return len(p.Table.Columns) < 20 }
func measurements(p *Program) bool { return p.has(Number) }

func (p *Program) has(k Kind) bool {
	for _, c := range p.Table.Columns {
		if c.Kind == k {
			return true
		}
	}
	return false
}

func all(fits ...func(*Program) bool) func(*Program) bool {
	return func(p *Program) bool {
		for _, f := range fits {
			if !f(p) {
				return false
			}
		}
		return true
	}
}
