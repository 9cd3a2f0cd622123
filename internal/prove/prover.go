package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nnvet/nnvet"
)

// Options say how much is to be proven, and by what.
type Options struct {
	Checks []*nnvet.Check
	Vet    nnvet.Options
	Trace  *nnvet.Trace  // of the run that is proven, whose findings are treated; nil for those of the first seed
	Only   []string      // IDs of checks whose findings are treated; empty for all
	Force  bool          // depth and width are tried although something upstream is found
	Metric *NamedMetric  // nil for the loss
	Budget time.Duration // 0 for no bound
	Rounds int           // causes mended one after another; 0 for 4
	Seeds  int           // pairs of a new proof, from LeastSeeds to MostSeeds, on seeds that none before had; 0 for two looks as usual
	// Declare adds what a person said of the data to the trace of every training,
	// as it was added to that of the run; nil for nothing.
	Declare func(*nnvet.Trace)
	Seen    func(*Training) // is shown every training that was made; nil for nobody
	Say     func(Progress)
}

// Progress is how far a proof is.
type Progress struct {
	Doing string        // "racing 5 learning rates", a phrase
	Done  int           // trainings so far
	Of    int           // trainings that are planned; at least Done
	Left  time.Duration // estimated; 0 where it is not known yet
}

// rounds is how many causes are mended at most: more faults at once than four
// were not seen in programs of people.
const rounds = 4

// A Prover tries what the findings of a training prescribe.
type Prover struct {
	Options
	subject Subject
	journal *Journal
	clock   func() time.Time
	began   time.Time

	yard   Yardstick
	report *Report
	done   int // trainings
	unkept int // of them, that the journal does not hold
	of     int
	walls  time.Duration           // of trainings, together
	seeds  int64                   // the next that nobody has used
	lock   sync.Mutex              // of rows
	rows   float64                 // that the program as it is trains on, to its end
	traces map[string]*nnvet.Trace // of each variant's first training of a race
	own    map[string]*nnvet.Trace // and of that from its own seeds
}

// New returns a prover that keeps its trainings in a journal.
func New(s Subject, j *Journal, o Options) *Prover {
	if o.Rounds == 0 {
		o.Rounds = rounds
	}
	return &Prover{Options: o, subject: s, journal: j, clock: time.Now, traces: make(map[string]*nnvet.Trace), own: make(map[string]*nnvet.Trace)}
}

// errBudget ends a proof whose time is up.
var errBudget = errors.New("the time is up")

// Run trains the subject as it is, tries its treatments cause after cause, and
// proves them on fresh seeds. What was proven before the context ended, or the
// time was up, is in the report; so is what could not be afforded.
func (p *Prover) Run(ctx context.Context) (*Report, error) {
	p.began = p.clock()
	p.report = &Report{}
	err := p.run(ctx)
	if errors.Is(err, errBudget) {
		p.report.Short = fmt.Sprintf("the time of %s was up", p.Budget)
		err = nil
	}
	p.report.Trainings, p.report.Spent = p.done, p.clock().Sub(p.began)
	return p.report, err
}

func (p *Prover) run(ctx context.Context) error {
	if err := p.baseline(ctx); err != nil {
		return err
	}
	var base Variant
	for range p.Options.Rounds {
		trace, err := p.seen(ctx, base)
		if err != nil {
			return err
		}
		fix, err := p.round(ctx, base, trace)
		if err != nil {
			return err
		}
		if fix == nil {
			break
		}
		base, p.report.final = fix.variant, fix.variant
	}
	final, err := p.ablate(ctx)
	p.report.final = final
	if err != nil {
		return err
	}
	return p.look(ctx, final)
}

// look says what is still found with all that was proven.
func (p *Prover) look(ctx context.Context, v Variant) error {
	t, err := p.seen(ctx, v)
	if err != nil {
		return err
	}
	p.report.Left, p.report.Disproven = nil, nil
	for _, f := range nnvet.Vet(t, p.Checks, p.Vet).Findings {
		switch {
		case f.Severity < nnvet.Warning || len(f.Because) > 0:
		case p.report.Disproves(f.Check.ID):
			p.report.Disproven = append(p.report.Disproven, f.Check.ID)
		default:
			p.report.Left = append(p.report.Left, f.Check.ID)
		}
	}
	p.report.Healthy = len(p.report.Left) == 0
	return nil
}

// A seed's range tells what it is for, so that none that chose a value proves it.
const (
	firstRaced  = 1
	firstProven = 1001
)

// baseline trains the subject as it is, on the first seeds of the races.
func (p *Prover) baseline(ctx context.Context) error {
	p.seeds = p.firstFresh()
	const n = 3
	p.plan(n)
	runs, err := p.train(ctx, "training as it is written", []side{{seeds: upTo(firstRaced, n)}})
	if err != nil {
		return err
	}
	p.report.Baseline = runs[0]
	p.yard, err = Choose(runs[0], p.Metric)
	p.report.Scale, p.report.Split = p.yard.Scale, p.yard.Split
	return err
}

func upTo(first, n int64) []int64 {
	var out []int64
	for i := range n {
		out = append(out, first+i)
	}
	return out
}

// fresh returns seeds that nothing was ever trained on.
func (p *Prover) fresh(n int) []int64 {
	out := upTo(p.seeds, int64(n))
	p.seeds += int64(n)
	return out
}

// trace returns the trace of a variant's first training; of the subject as it
// is, that of the run that is proven, where it is known.
func (p *Prover) trace(ctx context.Context, v Variant) (*nnvet.Trace, error) {
	if v == nil && p.Trace != nil {
		return p.Trace, nil
	}
	if t := p.traces[key(v)]; t != nil {
		return t, nil
	}
	p.plan(1)
	if _, err := p.train(ctx, "looking again", []side{{variant: v, seeds: []int64{firstRaced}}}); err != nil {
		return nil, err
	}
	if t := p.traces[key(v)]; t != nil {
		return t, nil
	}
	return nil, errNoTrace
}

// asWritten is the seed of a training from the program's own seeds.
const asWritten = 0

// seen returns the trace of a variant from its own seeds, which is what the
// user will see of it, so that findings are judged by it.
func (p *Prover) seen(ctx context.Context, v Variant) (*nnvet.Trace, error) {
	if v == nil && p.Trace != nil {
		return p.Trace, nil
	}
	if t := p.own[key(v)]; t != nil {
		return t, nil
	}
	p.plan(1)
	if _, err := p.train(ctx, "looking again", []side{{variant: v, seeds: []int64{asWritten}}}); err != nil {
		return nil, err
	}
	if t := p.own[key(v)]; t != nil {
		return t, nil
	}
	return p.trace(ctx, v)
}

// round finds the first cause that a treatment is proven to mend, or returns nil.
func (p *Prover) round(ctx context.Context, base Variant, t *nnvet.Trace) (*Fix, error) {
	found := nnvet.Vet(t, p.Checks, p.Vet)
	causes := p.causes(found.Findings)
	for i := range causes {
		f := &causes[i]
		if up := p.tooEarly(f, causes); up != "" {
			p.report.skip(f, "depth and width come last: "+up+" is found, and stands before them", "mend that first, or give --force")
			continue
		}
		fix, err := p.mend(ctx, base, t, f)
		if err != nil || fix != nil {
			return fix, err
		}
	}
	return p.suspected(ctx, base, t, found.Findings)
}

// causes returns the findings that nothing explains, which are worth a trial.
func (p *Prover) causes(fs []nnvet.Finding) []nnvet.Finding {
	return slices.DeleteFunc(slices.Clone(fs), func(f nnvet.Finding) bool {
		if len(p.Only) > 0 {
			return !slices.Contains(p.Only, f.Check.ID)
		}
		return f.Severity < nnvet.Warning || len(f.Because) > 0 || p.report.tried(f.Check.ID, f.Site)
	})
}

// tooEarly names what a finding waits for: small networks are made to work first.
func (p *Prover) tooEarly(f *nnvet.Finding, causes []nnvet.Finding) string {
	const depth, width = 10, 11
	if p.Force || f.Check.Pitfall != depth && f.Check.Pitfall != width {
		return ""
	}
	for i := range causes {
		if up := &causes[i]; up.Severity == nnvet.Error && up.Check.Pitfall < depth {
			return up.Check.Name
		}
	}
	return ""
}

// mend races the treatments of a finding and proves the best.
func (p *Prover) mend(ctx context.Context, base Variant, t *nnvet.Trace, f *nnvet.Finding) (*Fix, error) {
	candidates, why, instead := p.candidates(ctx, base, t, f)
	if len(candidates) == 0 {
		p.report.skip(f, why, instead)
		return nil, nil
	}
	candidates, why, err := p.working(ctx, base, t, candidates)
	if err != nil {
		return nil, err
	}
	if len(candidates) == 0 {
		p.report.skip(f, why, f.Treatments[0].Action)
		return nil, nil
	}
	candidates, why, err = p.effective(ctx, t, candidates)
	if err != nil {
		return nil, err
	}
	if len(candidates) == 0 {
		p.report.skip(f, why, "change it where it is set last")
		return nil, nil
	}
	best, raced, err := p.race(ctx, base, candidates, f)
	if err != nil {
		if errors.Is(err, errBudget) {
			p.report.skip(f, "not enough time to prove a treatment", "give a larger --budget: it goes on from here")
		}
		return nil, err
	}
	best, f, err = p.together(ctx, base, t, f, best)
	if err != nil {
		return nil, err
	}
	return p.try(ctx, base, f, best, raced)
}

// try proves a treatment of a finding, and returns it where it is.
func (p *Prover) try(ctx context.Context, base Variant, f *nnvet.Finding, best candidate, raced []Raced) (*Fix, error) {
	fix := &Fix{
		Check: f.Check.ID, Name: f.Check.Name, Site: f.Site, Message: f.Message,
		Treatment: best.treatment, Raced: raced, variant: best.variant, base: base, tuned: best.tuned,
	}
	p.report.Fixes = append(p.report.Fixes, fix)
	if err := p.prove(ctx, fix); err != nil {
		return nil, err
	}
	fix.Written, fix.Mixed = written(base, fix.variant), mixed(base, fix.variant)
	if h, ok := fix.variant.(interface{ ByHand() string }); ok {
		fix.Hand = h.ByHand()
	}
	fix.Split = p.yard.Split
	fix.Curves = Curves{curve(p.traces[key(base)], fix.Split), curve(p.traces[key(fix.variant)], fix.Split)}
	if fix.Claim.Verdict != Proven {
		return p.ownRate(ctx, base, fix.own, fix.Opponents, "with what "+fix.Name+" asks for it does no better than at another learning rate")
	}
	return fix, nil
}
