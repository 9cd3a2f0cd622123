package prove

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/edit"
	"github.com/nnvet/nnvet/internal/stat"
)

// A candidate is a treatment that can be tried.
type candidate struct {
	treatment nnvet.Treatment
	variant   Variant
	tuned     bool // its learning rate was raced, so that what it is held against must have its own, too
}

// mostTreatments bounds how many alternatives of a finding are raced. Checks
// name the best first.
const mostTreatments = 3

// candidates returns the treatments of a finding that the subject can try, or
// says why there are none,
// and what a person can do.
func (p *Prover) candidates(ctx context.Context, base Variant, t *nnvet.Trace, f *nnvet.Finding) (out []candidate, why, instead string) {
	var reasons, byHand []string
	for _, tr := range f.Treatments {
		if len(tr.Settings) == 0 && len(tr.Edits) == 0 {
			reasons, byHand = append(reasons, "no machine can make this change"), append(byHand, tr.Action)
			continue
		}
		v, err := p.subject.With(ctx, base, t, tr)
		if err != nil {
			reasons, byHand = append(reasons, err.Error()), append(byHand, instruction(err, tr))
			continue
		}
		if len(out) < mostTreatments && !slices.ContainsFunc(out, func(c candidate) bool { return key(c.variant) == key(v) }) {
			out = append(out, candidate{treatment: tr, variant: v})
		}
	}
	if len(f.Treatments) == 0 {
		reasons = append(reasons, "it has no treatment")
	}
	return out, said(reasons, "; "), said(byHand, ", or ")
}

// instruction is what a person does where a machine cannot.
func instruction(err error, tr nnvet.Treatment) string {
	if refused := (*edit.Refused)(nil); errors.As(err, &refused) && refused.Instead != "" {
		return refused.Instead
	}
	return tr.Action
}

// said joins phrases, each once.
func said(phrases []string, by string) string {
	var out []string
	for _, s := range phrases {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, by)
}

// doses are the factors that a prescribed figure is tried at beside itself. A
// rate's best lies within a factor of ten of a good guess (measured on small
// MLPs: a range test and five candidates find it).
var doses = map[string][]float64{
	"lr":           {0.1, 0.3, 3, 10},
	"batch":        {0.5, 2},
	"weight decay": {0.1, 10},
	"input noise":  {0.3, 3},
	"dropout":      {0.5},
}

// dosed returns the candidate at other doses of the one figure that its
// treatment sets; none where it sets another number of things.
func (p *Prover) dosed(ctx context.Context, base Variant, t *nnvet.Trace, c candidate) []candidate {
	if len(c.treatment.Settings) != 1 {
		return nil
	}
	s := c.treatment.Settings[0]
	at, err := strconv.ParseFloat(s.To, 64)
	if err != nil || !(at > 0) {
		return nil
	}
	var out []candidate
	for _, factor := range doses[s.Name] {
		if d, ok := p.dose(ctx, base, t, s, at*factor); ok {
			out = append(out, d)
		}
	}
	return out
}

// dose returns the treatment that sets one figure.
func (p *Prover) dose(ctx context.Context, base Variant, t *nnvet.Trace, s nnvet.Setting, to float64) (candidate, bool) {
	s.To = number(to)
	if s.Name == "batch" {
		s.To = strconv.Itoa(max(1, int(to+0.5)))
	}
	tr := nnvet.Treatment{Action: fmt.Sprintf("set %s to %s", called(s.Name), s.To), Settings: []nnvet.Setting{s}}
	v, err := p.subject.With(ctx, base, t, tr)
	return candidate{treatment: tr, variant: v}, err == nil
}

// called is a knob as a sentence names it.
func called(knob string) string {
	if knob == "lr" {
		return "the learning rate"
	}
	return "the " + knob
}

// number writes two digits of a figure as checks do: 5e-5.
func number(v float64) string {
	return strings.Replace(strconv.FormatFloat(stat.Signif(v, 2), 'g', -1, 64), "e-0", "e-", 1)
}

// moves are the knobs that move the best learning rate: with these both arms
// get theirs anew, so that a treatment is not proven for having changed the
// length of the steps. What repairs a program that could not work, as a softmax
// too many, is tried as it is.
var moves = []string{
	"inputs", "targets", "batch", "weight init", "units", "hidden layers", "norm", "residual", "branch scale", "activation", "optimizer", "momentum",
}

func movesRate(tr nnvet.Treatment) bool {
	return slices.ContainsFunc(tr.Settings, func(s nnvet.Setting) bool { return slices.Contains(moves, s.Name) }) &&
		!slices.ContainsFunc(tr.Settings, func(s nnvet.Setting) bool { return s.Name == "lr" })
}

// racesRate reports whether a treatment gets a learning rate of its own. By
// training rows the fastest rate wins, and learns them by heart: where nothing is
// validated both arms keep the rate that there was, and where the time is short.
func (p *Prover) racesRate(tr nnvet.Treatment) bool {
	return movesRate(tr) && p.validated() && p.spares(rateRaces())
}

// validated reports whether what all is scored by is of rows that are not trained
// on, as far as anybody knows: a metric is what the user goes by.
func (p *Prover) validated() bool { return p.yard.Split == nnvet.Validation || p.Metric != nil }

// compares are the knobs that change what the loss compares, so that losses
// before and after are not of a kind.
var compares = []string{"loss", "final activation", "targets", "delta", "operation"}

func changesLoss(tr nnvet.Treatment) bool {
	return slices.ContainsFunc(tr.Settings, func(s nnvet.Setting) bool { return slices.Contains(compares, s.Name) })
}

// tuned returns a variant at the learning rate that suits it best. Where that is
// at the edge of those that were tried, the race goes on past it once.
func (p *Prover) tuned(ctx context.Context, doing string, c candidate) (candidate, []Raced, error) {
	all, at, err := p.at(ctx, c, doses["lr"])
	if err != nil {
		return candidate{}, nil, err
	}
	best, raced, err := p.halve(ctx, doing, append([]candidate{c}, all...))
	if err != nil {
		return candidate{}, nil, err
	}
	best.tuned = true
	past := pastEdge(best, at)
	if len(past) == 0 || key(best.variant) == key(c.variant) {
		return best, raced, nil
	}
	if all, _, err = p.at(ctx, c, past); err != nil {
		return candidate{}, nil, err
	}
	further, more, err := p.halve(ctx, doing, append([]candidate{best}, all...))
	further.tuned = true
	return further, append(raced, more...), err
}

// pastEdge returns the factors of a learning rate to go on with where a race was
// won at the edge of its doses; none elsewhere.
func pastEdge(won candidate, at float64) []float64 {
	for _, edge := range []float64{slices.Min(doses["lr"]), slices.Max(doses["lr"])} {
		if rateSet(won.treatment) == number(at*edge) {
			return []float64{edge * math.Sqrt(edge), edge * edge}
		}
	}
	return nil
}

// pastDoses goes on once with a prescribed learning rate that did best at the edge
// of its doses. By training rows it does not: there the fastest rate wins.
func (p *Prover) pastDoses(ctx context.Context, base Variant, t *nnvet.Trace, c, won candidate) (candidate, []Raced, error) {
	if !p.validated() || len(c.treatment.Settings) != 1 || c.treatment.Settings[0].Name != "lr" {
		return won, nil, nil
	}
	s := c.treatment.Settings[0]
	at, err := strconv.ParseFloat(s.To, 64)
	if err != nil {
		return won, nil, nil // the race was among what there is
	}
	if !p.spares(raceOf(3)) {
		return won, nil, nil
	}
	field := []candidate{won}
	for _, factor := range pastEdge(won, at) {
		if d, ok := p.dose(ctx, base, t, s, at*factor); ok {
			field = append(field, d)
		}
	}
	return p.halve(ctx, "racing learning rates past the edge", field)
}

// rates returns a variant at other learning rates than its own, itself first.
func (p *Prover) rates(ctx context.Context, c candidate) ([]candidate, error) {
	all, _, err := p.at(ctx, c, doses["lr"])
	return append([]candidate{c}, all...), err
}

// at returns a variant at its learning rate times factors, and that rate.
func (p *Prover) at(ctx context.Context, c candidate, factors []float64) ([]candidate, float64, error) {
	var out []candidate
	t, err := p.trace(ctx, c.variant)
	if errors.Is(err, errNoTrace) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	rate, ok := rateOf(t)
	if !ok {
		return nil, 0, nil
	}
	s := nnvet.Setting{Name: "lr", From: number(rate)}
	for _, factor := range factors {
		if d, ok := p.dose(ctx, c.variant, t, s, rate*factor); ok {
			d.treatment = both(c.treatment, d.treatment)
			out = append(out, d)
		}
	}
	return out, rate, nil
}

// rateOf returns the learning rate that a training began with.
func rateOf(t *nnvet.Trace) (float64, bool) {
	for s := range t.All(nnvet.Rate) {
		if s.Len() > 0 && s.Values[0] > 0 {
			return stat.Quantile(s.Values, 1), true // of a warm-up, its top
		}
	}
	return 0, false
}

// effective returns the candidates whose settings arrive in the training, or
// says why none does: a rate that the command line sets, too, is not changed by
// an edit of its default.
func (p *Prover) effective(ctx context.Context, before *nnvet.Trace, all []candidate) (out []candidate, why string, err error) {
	for _, c := range all {
		lost := ""
		for _, s := range c.treatment.Settings {
			figure, ok := arrives[s.Name]
			if !ok {
				continue
			}
			t, err := p.trace(ctx, c.variant)
			if err != nil {
				return nil, "", err
			}
			was, known := figure(before)
			is, _ := figure(t)
			to, err := strconv.ParseFloat(s.To, 64)
			if known && is == was && err == nil && math.Abs(to/was-1) > 0.01 {
				lost = fmt.Sprintf("%s stays at %s after the edit: it is set elsewhere too, as on the command line", called(s.Name), number(was))
			}
		}
		if lost == "" {
			out = append(out, c)
		} else {
			why = lost
		}
	}
	return out, why, nil
}

// arrives are the knobs of which a trace tells what they were set to.
var arrives = map[string]func(*nnvet.Trace) (float64, bool){"lr": rateOf, "batch": batchOf}

// batchOf returns the rows of a step, of most steps.
func batchOf(t *nnvet.Trace) (float64, bool) {
	for s := range t.All(nnvet.BatchRows) {
		if s.Len() > 0 {
			return stat.Median(s.Values), true
		}
	}
	return 0, false
}

// both joins two treatments in one.
func both(a, b nnvet.Treatment) nnvet.Treatment {
	if a.Action == "" {
		return b
	}
	return nnvet.Treatment{Action: a.Action + ", and " + b.Action, Settings: slices.Concat(a.Settings, b.Settings)}
}
