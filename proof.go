package nnvet

// A Proof is what trainings with and without a treatment say of it. Scores are
// on Scale, higher is better: 1 is perfect, 0 what a constant gives.
type Proof struct {
	Verdict   string    // "proven", "no effect", "worse", "inconclusive", "not tried"
	Why       string    // why it was not tried, or not on; "" otherwise
	Treatment Treatment // what was tried
	Written   bool      // as an edit of the files, rather than at run time
	Scale     string    // "skill", "skill of answers" ...
	Split     string    // of the rows that were scored
	Before    float64   // mean score without it
	After     float64   // and with it
	Lo, Hi    float64   // interval of the difference; infinite where it is not known
	P         float64   // over all looks and claims, to be held against 0.05
	Seeds     int       // that it rests on, none of which chose a value
	More      int       // seeds that are missing to a verdict; 0 where there is one
	Against   string    // what it was held against, where that is not the training as it was
	Twin      string    // of trainings of the engine's twin of the network: how the twin compares with the program; "" of the program's own
	Idle      bool      // with all other fixes in place it does nothing more
	Missed    *float64  // what the score falls by where it alone is left out of all fixes; nil where that was not tried
	Figures   []Told    // the same trainings in units that people know
	Raced     []Raced   // the values that it was chosen from
	Without   []float64 // a loss without it, from the first step to the last, at equal distances
	With      []float64 // and with it, from the same seed
}

// Helps reports whether it is proven, and does what the other fixes do not. It
// is false for nil.
func (p *Proof) Helps() bool { return p != nil && p.Verdict == "proven" && !p.Idle }

// Fails reports whether the treatment is shown not to help. It is false for nil.
func (p *Proof) Fails() bool {
	return p != nil && (p.Verdict == "no effect" || p.Verdict == "worse")
}

// A Raced is a value that was tried for a treatment, and what it scored.
type Raced struct {
	Action   string
	Settings []Setting
	Scores   []float64
}

// A Told is a figure of the trainings that a proof rests on, meaned over them.
type Told struct {
	Name          string // "accuracy", "R²", "loss", or what the user named
	Before, After float64
}
