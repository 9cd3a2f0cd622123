package prove

import (
	"slices"
	"time"

	"github.com/nnvet/nnvet"
)

// A Report is what a proof came to.
type Report struct {
	Scale     Scale         `json:"scale"`
	Split     string        `json:"split"`
	Baseline  []Score       `json:"baseline"` // of the training as it is written
	Fixes     []*Fix        `json:"fixes"`    // in the order in which they were tried
	NotTried  []Untreated   `json:"not_tried"`
	Left      []string      `json:"left"`                // IDs of causes in the training with all that was proven
	Disproven []string      `json:"disproven,omitempty"` // IDs of causes in it whose treatment does nothing, or harm
	Short     string        `json:"short,omitempty"`     // why it ended early
	Healthy   bool          `json:"healthy"`             // that training shows no warning and no error
	Solution  *Solution     `json:"solution,omitempty"`  // of a change that the user brought
	Trainings int           `json:"trainings"`
	Spent     time.Duration `json:"spent_ns"`

	final Variant
}

// Final returns the subject with every fix that was proven and earned its place;
// nil where there is none.
func (r *Report) Final() Variant { return r.final }

// A Fix is a treatment that was tried against a finding.
type Fix struct {
	Check     string          `json:"check"`
	Name      string          `json:"name"`
	Site      string          `json:"site,omitempty"`
	Message   string          `json:"message"`
	Treatment nnvet.Treatment `json:"treatment"`
	Raced     []Raced         `json:"raced,omitempty"`
	Against   string          `json:"against,omitempty"`   // what it was proven against, where that is not the training it changes
	Opponents []Raced         `json:"opponents,omitempty"` // the learning rates that Against was chosen from
	Scale     Scale           `json:"scale"`
	Split     string          `json:"split"`
	Written   bool            `json:"written"`         // as an edit of the files
	Mixed     bool            `json:"mixed,omitempty"` // in part as an edit, in part at run time: neither alone was proven
	Hand      string          `json:"hand,omitempty"`  // what a person does, where no edit could say it
	Twin      string          `json:"twin,omitempty"`  // of trainings of the engine's twin: how that compares with the program
	Pairs     []Pair          `json:"pairs"`
	Figures   []Told          `json:"figures,omitempty"` // of the same trainings
	Curves    Curves          `json:"curves"`
	Claim     Claim           `json:"claim"`
	// Idle is whether the ablation showed that all is as well without it.
	Idle     bool   `json:"idle,omitempty"`
	Kept     string `json:"kept,omitempty"`     // why it was not left out for a test
	Ablation *Claim `json:"ablation,omitempty"` // of it against all others without it

	variant Variant    // with the treatment
	base    Variant    // what it was tried on
	tuned   bool       // its learning rate was raced
	oneOf   int        // claims, as one of which it is judged
	own     candidate  // base at the learning rate that suits that, where tuned
	scored  [2][]Score // of the pairs, without and with
}

// Variant returns the subject with the fix and all that were proven before it.
func (f *Fix) Variant() Variant { return f.variant }

// Curves are the losses of the first training without and with a fix.
type Curves struct {
	Without []Figure `json:"without,omitempty"`
	With    []Figure `json:"with,omitempty"`
}

// A Raced is a candidate of a race, and what it scored on the race's seeds.
type Raced struct {
	Action   string          `json:"action"`
	Settings []nnvet.Setting `json:"settings,omitempty"`
	Scores   []float64       `json:"scores"` // on one seed where it fell out at half, on three otherwise
}

// An Untreated is a finding that nothing was tried against.
type Untreated struct {
	Check   string `json:"check"`
	Name    string `json:"name"`
	Site    string `json:"site,omitempty"`
	Why     string `json:"why"`
	Instead string `json:"instead,omitempty"` // what a person can do
}

func (r *Report) skip(f *nnvet.Finding, why, instead string) {
	u := Untreated{f.Check.ID, f.Check.Name, f.Site, why, instead}
	if !slices.Contains(r.NotTried, u) {
		r.NotTried = append(r.NotTried, u)
	}
}

// Disproves reports whether what a check prescribes was tried, and does nothing
// or harm: then its finding is no fault of this training.
func (r *Report) Disproves(check string) bool {
	found := false
	for _, f := range r.Fixes {
		if f.Check == check {
			if v := f.Claim.Verdict; v != Worse && v != NoEffect {
				return false
			}
			found = true
		}
	}
	return found
}

// tried reports whether a treatment of a finding has been tried.
func (r *Report) tried(check, site string) bool {
	return slices.ContainsFunc(r.Fixes, func(f *Fix) bool { return f.Check == check && f.Site == site })
}

// Proven returns the fixes that were proven, in order.
func (r *Report) Proven() []*Fix {
	return slices.DeleteFunc(slices.Clone(r.Fixes), func(f *Fix) bool { return f.Claim.Verdict != Proven })
}
