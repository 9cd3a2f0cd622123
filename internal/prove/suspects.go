package prove

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/plural"
)

// A suspect is a treatment that is tried although no finding calls for it.
type suspect struct {
	candidate
	finding nnvet.Finding
}

// suspected tries what nothing that was found calls for: another learning rate,
// what the notes say, and what only an experiment can tell, as fewer layers. None
// of these is claimed to be a cause, so none has precedence: all are raced, the
// best gets the learning rate that suits it, and is proven where it is ahead of
// the training as it is at its own. It is for trainings that nothing found mends.
func (p *Prover) suspected(ctx context.Context, base Variant, t *nnvet.Trace, found []nnvet.Finding) (*Fix, error) {
	if !p.clueless(ctx, base, t, found) {
		return nil, nil
	}
	if !p.spares(rateRaces()) {
		return nil, errBudget
	}
	own, raced := candidate{variant: base}, []Raced(nil)
	var err error
	if p.validated() {
		if own, raced, err = p.tuned(ctx, "racing learning rates, as nothing found helps", own); err != nil {
			return nil, err
		}
	}
	s, more, err := p.foremost(ctx, p.suspects(ctx, base, t, found))
	if err != nil {
		return nil, err
	}
	if s != nil {
		ahead, _, err := p.gain(ctx, own.variant, s.variant, []link{{treatment: s.treatment}}, raceSeeds)
		if err != nil {
			return nil, err
		}
		if ahead >= MinEffect {
			return p.try(ctx, base, &s.finding, s.candidate, more)
		}
	}
	return p.ownRate(ctx, base, own, raced, "nothing that was found helps, and of other learning rates one does better")
}

// foremost races suspects and returns the best, at the learning rate that suits
// it; nil where there is none.
func (p *Prover) foremost(ctx context.Context, all []suspect) (*suspect, []Raced, error) {
	if len(all) == 0 {
		return nil, nil, nil
	}
	var field []candidate
	for _, s := range all {
		field = append(field, s.candidate)
	}
	best, raced, err := p.halve(ctx, fmt.Sprintf("racing %d treatments that no finding calls for", len(all)), field)
	if err != nil {
		return nil, nil, err
	}
	won := all[slices.IndexFunc(all, func(s suspect) bool { return key(s.variant) == key(best.variant) })]
	if p.racesRate(best.treatment) {
		tuned, more, err := p.tuned(ctx, "racing learning rates", best)
		if err != nil {
			return nil, nil, err
		}
		won.candidate, raced = tuned, append(raced, more...)
	}
	won.tuned = p.validated() // so is what it is held against
	return &won, raced, nil
}

// clueless reports whether suspects are worth a trial: nothing that was found is
// proven to help, the score is not one from which nobody looks for more, and what
// stands is not for a person to mend first. By training rows whatever learns them by heart wins, so there
// must be validation rows, or a metric.
func (p *Prover) clueless(ctx context.Context, base Variant, t *nnvet.Trace, found []nnvet.Finding) bool {
	if len(p.report.Proven()) > 0 || !p.validated() {
		return false
	}
	left := 0.0 // to a perfect training
	for _, s := range p.report.Baseline {
		left += (1 - p.yard.Of(s)) / float64(len(p.report.Baseline))
	}
	if left <= 1-nearPerfect {
		return false
	}
	for i := range found {
		f := &found[i]
		if f.Severity < nnvet.Warning || len(f.Because) > 0 || f.Check.Symptom || p.report.tried(f.Check.ID, f.Site) {
			continue
		}
		if c, _, _ := p.candidates(ctx, base, t, f); len(c) == 0 {
			return false
		}
	}
	return true
}

// suspects returns what the notes of a training prescribe, and then what its
// experiments would try.
func (p *Prover) suspects(ctx context.Context, base Variant, t *nnvet.Trace, found []nnvet.Finding) []suspect {
	var out []suspect
	add := func(f nnvet.Finding) {
		all, _, _ := p.candidates(ctx, base, t, &f)
		for _, c := range all {
			if !slices.ContainsFunc(out, func(s suspect) bool { return key(s.variant) == key(c.variant) }) {
				out = append(out, suspect{c, f})
			}
		}
	}
	for _, f := range found {
		if f.Severity == nnvet.Note && len(f.Because) == 0 && p.wanted(f.Check.ID) != nil {
			add(f)
		}
	}
	for _, q := range questions {
		if c := p.wanted(q.check); c != nil {
			add(nnvet.Finding{Check: c, Message: q.why, Treatments: q.treatments(t)})
		}
	}
	return out
}

// A question is a check that takes an experiment, with the treatments that its
// experiment tries.
type question struct {
	check, why string
	treatments func(*nnvet.Trace) []nnvet.Treatment
}

// questions stand in the order of causes, depth and width last.
var questions = []question{
	{"NN0402", "what a regularizer would help a single run does not show, so that some were tried", regularizing},
	{"NN1003", "whether layers that can be passed by do better a single run does not show, so that it was tried", passing},
	{"NN1001", "whether fewer layers do better a single run does not show, so that it was tried", fewer},
	{"NN1104", "whether wider layers do better a single run does not show, so that it was tried", wider},
}

// regularizing are the cheapest regularizers, each at a middle strength, for a
// training that explains its own rows better than others by a tenth at least: what is
// not lost between them none can win back.
func regularizing(t *nnvet.Trace) []nnvet.Treatment {
	const lost = 0.1
	train, err := t.Course(nnvet.Train)
	val, err2 := t.Course(nnvet.Validation)
	if err != nil || err2 != nil || !(train.Skill()-val.Skill() >= lost) {
		return nil
	}
	return []nnvet.Treatment{
		{Action: "keep the weights of the best evaluation, and stop there", Settings: []nnvet.Setting{{Name: "early stopping", From: "none", To: "on"}}},
		{Action: "set the weight decay to 0.01", Settings: []nnvet.Setting{{Name: "weight decay", From: number(decayOf(t)), To: "0.01"}}},
		{Action: "add noise of 0.1 standard deviations to the inputs", Settings: []nnvet.Setting{{Name: "input noise", From: "0", To: "0.1"}}},
	}
}

// deep is the number of hidden layers from which a network may have too many: by
// convention up to three are few.
const deep = 4

// passing lets every two layers of a deep network be passed by.
func passing(t *nnvet.Trace) []nnvet.Treatment {
	if layers, _ := hiddenOf(t); len(layers) < deep {
		return nil
	}
	return []nnvet.Treatment{{
		Action: "let every two layers be passed by", Settings: []nnvet.Setting{{Name: "residual", From: "none", To: "every 2 layers"}},
	}}
}

// fewer are a half and a quarter of the layers of a deep network, and the three
// that train from any usual start (docs/pitfalls/10-depth.md), with as many
// parameters as it has.
func fewer(t *nnvet.Trace) []nnvet.Treatment {
	layers, outputs := hiddenOf(t)
	if len(layers) < deep {
		return nil
	}
	var out []nnvet.Treatment
	for _, n := range []int{len(layers) / 2, len(layers) / 4, deep - 1} {
		units := strconv.Itoa(asMany(layers, outputs, n))
		out = append(out, nnvet.Treatment{
			Action: fmt.Sprintf("take %s of %s units in the place of %d", plural.Of(n, "hidden layer"), units, len(layers)),
			Settings: []nnvet.Setting{
				{Name: "hidden layers", From: strconv.Itoa(len(layers)), To: strconv.Itoa(n)},
				{Name: "units", From: strconv.Itoa(layers[0].units), To: units},
			},
		})
	}
	return out
}

// wider makes every hidden layer of a narrow network four times as wide, which
// does not go past the 256 units that classic advice begins with.
func wider(t *nnvet.Trace) []nnvet.Treatment {
	const times, most = 4, 256
	layers, _ := hiddenOf(t)
	if len(layers) == 0 || slices.ContainsFunc(layers, func(h hidden) bool { return h.features || h.units*times > most }) {
		return nil
	}
	settings := scaled(layers, times)
	return []nnvet.Treatment{{Action: fmt.Sprintf("make the hidden layers %d times as wide: %s", times, widthsOf(settings)), Settings: settings}}
}
