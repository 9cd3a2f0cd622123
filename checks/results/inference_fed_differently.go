package results

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed inference_fed_differently.md
var fedDifferentlyDoc string

// FedDifferently finds programs that use a network and feed it otherwise than
// the training did that made it.
var FedDifferently = nnvet.Check{
	ID:       "NN0217",
	Name:     "inference-fed-differently",
	Pitfall:  nnvet.Results,
	Doc:      fedDifferentlyDoc,
	Severity: nnvet.Warning,
	Needs: []nnvet.Need{{What: "reference profile: the inputs of the training that made the network", Has: func(t *nnvet.Trace) bool {
		return len(t.Reference) > 0
	}}},
	Limits: []nnvet.Limit{
		{Name: "shift", Default: 0.5, Source: "convention: half a standard deviation, as between splits of one training"},
		{Name: "ratio", Default: 2, Source: "convention: a factor of two, as between splits of one training"},
		{Name: "far", Default: 10, Source: "convention: ten standard deviations, or tenfold the spread, is another scale and no other sample"},
		{Name: "sure", Default: 3, Source: "convention: standard errors beyond the limit, so that few rows do not alarm"},
		{Name: "rows", Default: 30, Source: "convention: fewer rows may well be all of one kind"},
	},
	Explains: []string{"NN0206", "NN0216", "NN0201"},
	Run: func(p *nnvet.Pass) {
		now, ref := usedInputs(p.Trace), widest(p.Trace.Reference)
		switch {
		case p.Trace.Run.Steps > 0:
			p.Skip("the run trains; it is compared with no other training")
		case now == nil || ref == nil:
			p.Skip("the inputs of this run, or of the training, were not recorded")
		case now.Of != ref.Of || now.Layout != ref.Layout:
			p.Skip("the inputs are laid out differently, %d %s here and %d %s in training: there is nothing to compare column by column", now.Of, now.Layout, ref.Of, ref.Layout)
		case float64(now.Rows) < p.Limit("rows"):
			p.Short("%d rows were fed; it takes %g", now.Rows, p.Limit("rows"))
		default:
			compareFed(p, now, ref)
		}
	},
}

// usedInputs returns the inputs of a run that does not train.
func usedInputs(t *nnvet.Trace) *nnvet.Profile {
	if x := t.Profile(nnvet.Input, nnvet.Validation); x != nil {
		return x
	}
	return t.Profile(nnvet.Input, nnvet.Train)
}

// widest returns the input profile of the most rows, or nil.
func widest(ps []nnvet.Profile) *nnvet.Profile {
	var best *nnvet.Profile
	for i := range ps {
		if x := &ps[i]; x.Role == nnvet.Input && (best == nil || x.Rows > best.Rows) {
			best = x
		}
	}
	return best
}

// A drift is how a column differs from what it was in training.
type drift struct {
	name       string
	shift      float64 // of the mean, in standard deviations of training
	wider      float64 // standard deviation over that of training
	excess     float64 // by what factor it lies beyond its limits
	then, here nnvet.Moments
}

func compareFed(p *nnvet.Pass, now, ref *nnvet.Profile) {
	then := make(map[int]nnvet.Column, len(ref.Columns))
	for _, c := range ref.Columns {
		then[c.Index] = c
	}
	var worst drift
	apart, compared := 0, 0
	for _, c := range now.Columns {
		o, ok := then[c.Index]
		if !ok || c.N < 2 || o.N < 2 || o.Constant() {
			continue
		}
		compared++
		d := drift{name: columnName(o), shift: math.Abs(c.Mean-o.Mean) / o.Std, wider: c.Std / o.Std, then: o.Moments, here: c.Moments}
		chance := p.Limit("sure") / math.Sqrt(float64(c.N))
		d.excess = max((d.shift-chance*d.wider)/p.Limit("shift"), d.wider/(1+chance)/p.Limit("ratio"))
		if c.N >= 100 { // a few rows of one kind may well be narrow
			d.excess = max(d.excess, 1/(d.wider*(1+chance))/p.Limit("ratio"))
		}
		if d.excess > 1 {
			apart++
		}
		if d.excess > worst.excess {
			worst = d
		}
	}
	if compared == 0 {
		p.Skip("no column varies in training and was fed here")
		return
	}
	p.Measured("%d of %d off", min(apart, 999), min(compared, 999))
	if apart > 0 {
		reportFed(p, now, worst, apart, compared)
	}
}

func columnName(c nnvet.Column) string {
	if c.Name != "" {
		return c.Name
	}
	return fmt.Sprintf("column %d", c.Index)
}

func reportFed(p *nnvet.Pass, now *nnvet.Profile, d drift, apart, compared int) {
	f := nnvet.Finding{
		Source:     now.Source,
		Label:      "feeds other numbers than the training did",
		Brief:      fmt.Sprintf("%d of %d off", min(apart, 999), min(compared, 999)),
		Confidence: 0.7,
		Message: fmt.Sprintf("the network is fed otherwise than in its training: %s has mean %s and std %s here, and had mean %s and std %s there; %d of %d columns are that far off",
			d.name, figure(d.here.Mean), figure(d.here.Std), figure(d.then.Mean), figure(d.then.Std), apart, compared),
		Evidence: []nnvet.Evidence{
			{What: "distance of the means, in standard deviations of training", Saw: d.shift, Limit: "shift"},
			{What: "standard deviation over that of training", Saw: d.wider, Limit: "ratio", Lo: 1 / p.Limit("ratio"), Hi: p.Limit("ratio")},
		},
		Treatments: []nnvet.Treatment{
			{Action: "prepare rows with the code and the figures of the training: save the fitted scaler with the network, and load both"},
			{Action: "put one row of the training through both programs and print what the network gets: the two must be equal"},
		},
	}
	if far := p.Limit("far"); d.shift > far || d.wider > far || d.wider < 1/far {
		f.Severity, f.Confidence = nnvet.Error, 0.9
	}
	p.Report(f)
}
