package casebook

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/prove"
)

// A Decision is what one deciding experiment came to on one case.
type Decision struct {
	Case     string `json:"case"`
	Group    string `json:"group"`
	Label    string `json:"label"`
	Check    string `json:"check"`
	Name     string `json:"name"`
	Asked    bool   `json:"asked"` // the case has the fault that the check names
	Outcome  string `json:"outcome"`
	Severity string `json:"severity,omitempty"`
	Message  string `json:"message"`
	// Again is what it came to on other seeds, of experiments that found something:
	// what luck gave is rarely given twice.
	Again     string  `json:"again,omitempty"`
	Trainings int     `json:"trainings"` // of the whole case
	Seconds   float64 `json:"seconds"`
}

// alarms reports whether more than a note was found.
func (d *Decision) alarms() bool {
	return d.Outcome == "found" && d.Severity != nnvet.Note.String()
}

// asking are the checks that ask for an experiment.
func asking() []*nnvet.Check {
	return slices.DeleteFunc(slices.Clone(checks.All), func(c *nnvet.Check) bool { return c.Experiment == "" })
}

// DecideSample returns n sound cases of a part, healthy, odd and mended ones in
// turn, and as many faulty ones as there are of those whose fault an experiment
// names, at most n, of each experiment in turn; cheap ones of each kind by a
// checksum of their names.
func DecideSample(cases []*Case, part, only string, n int) (sound, faulty []*Case, err error) {
	all, err := affordable(chosen(cases, part, only, Sound), cheap)
	if err != nil {
		return nil, nil, err
	}
	var groups [][]*Case
	for _, g := range []string{Healthy, Odd, Fixed} {
		groups = append(groups, slices.DeleteFunc(slices.Clone(all), func(c *Case) bool { return c.Group != g }))
	}
	sound = inTurn(groups, n)
	if all, err = affordable(chosen(cases, part, only, Faulty), cheap); err != nil {
		return nil, nil, err
	}
	groups = nil
	for _, k := range asking() {
		groups = append(groups, slices.DeleteFunc(slices.Clone(all), func(c *Case) bool { return !c.has(k.ID) }))
	}
	return sound, inTurn(groups, n), nil
}

// has reports whether a check names a fault of the case.
func (c *Case) has(check string) bool {
	return slices.ContainsFunc(c.Faults, func(f Fault) bool { return slices.Contains(f.Right, check) })
}

// inTurn takes from every group in turn what was not taken, n at most.
func inTurn(groups [][]*Case, n int) []*Case {
	var out []*Case
	for i := 0; ; i++ {
		more := false
		for _, g := range groups {
			if i < len(g) {
				more = true
				if len(out) < n && !slices.Contains(out, g[i]) {
					out = append(out, g[i])
				}
			}
		}
		if !more || len(out) == n {
			return out
		}
	}
}

// Decide does the experiments of all checks that ask for one, on cases, as many
// at once as workers says, 0 for one a core.
func Decide(ctx context.Context, cases []*Case, workers int, each func([]Decision)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return parallel(ctx, workers, len(cases), func(ctx context.Context, i int) error {
		made, err := cases[i].decide(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", cases[i].Name, err)
		}
		each(made)
		return nil
	})
}

// elsewhere is where the seeds of a second look begin, past all of the first.
const elsewhere = 1 << 16

func (c *Case) decide(ctx context.Context) ([]Decision, error) {
	began := time.Now()
	first, err := c.decided(ctx, 0, nil)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, d := range first.Decided {
		if d.Outcome == "found" {
			found = append(found, d.Check)
		}
	}
	again := new(prove.Decisions)
	if len(found) > 0 {
		if again, err = c.decided(ctx, elsewhere, found); err != nil {
			return nil, err
		}
	}
	var out []Decision
	for _, d := range first.Decided {
		made := Decision{
			Case: c.Name, Group: c.Group, Label: c.Label, Check: d.Check, Name: d.Name, Asked: c.Label == Faulty && c.has(d.Check),
			Outcome: d.Outcome, Severity: d.Severity, Message: d.Message,
			Trainings: first.Trainings + again.Trainings, Seconds: math.Round(time.Since(began).Seconds()),
		}
		if i := slices.IndexFunc(again.Decided, func(a prove.Decided) bool { return a.Check == d.Check }); i >= 0 {
			made.Again = again.Decided[i].Outcome
			if again.Decided[i].Outcome == "found" {
				made.Again = again.Decided[i].Severity
			}
		}
		out = append(out, made)
	}
	return out, nil
}

// decided does the experiments of some checks, nil for all, on seeds from one on.
func (c *Case) decided(ctx context.Context, from int64, only []string) (*prove.Decisions, error) {
	p, err := provableOf(c.make)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "nnvet-casebook-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	j, err := prove.OpenJournal(dir, c.Name)
	if err != nil {
		return nil, err
	}
	// Force: what stands upstream of depth and width would leave nothing to count.
	o := prove.Options{Checks: checks.All, Vet: nnvet.Options{Likelihoods: checks.Likelihoods}, Only: only, Force: true}
	return prove.New(&alterable{p, from}, j, o).Decide(ctx, nil)
}
