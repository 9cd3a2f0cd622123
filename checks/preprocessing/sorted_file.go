package preprocessing

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed sorted_file.md
var sortedFileDoc string

// SortedFile finds rows that are fed in the order of their targets.
var SortedFile = nnvet.Check{
	ID:       "NN0309",
	Name:     "sorted-file",
	Pitfall:  nnvet.Preprocessing,
	Doc:      sortedFileDoc,
	Severity: nnvet.Error,
	Presumed: true,
	Needs:    []nnvet.Need{needSurvey},
	Limits: []nnvet.Limit{
		{Name: "order", Default: 0.3, Source: "rows sorted by one of three outputs give a third, of one output nearly 1; shuffled ones lie about 0"},
		{Name: "chance", Default: 4, Source: "shuffled rows have a standard deviation of 1/sqrt(rows); measured in 1884 sound runs of the casebook's part to learn from, 2.8 of these at most"},
		{Name: "batches", Default: 4, Source: "convention: with fewer batches an epoch, each holds much of the order"},
		{Name: "swings", Default: 0.25, Source: "convention: of a constant's loss, the standard deviation of the losses of the second half; healthy runs that have come down lie below it"},
		{Name: "moves", Default: 0.02, Source: "the smallest effect worth claiming: mean change of the validation loss from one evaluation to the next, of a constant's loss, in the second half"},
		unlearned,
		nnvet.HealthySkill, enoughSteps,
	},
	Explains: []string{"NN0208", "NN0206", "NN0604", "NN0401", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			switch {
			case math.IsNaN(s.Order):
				p.Skip("the order of the rows' targets was not measured: it takes 64 rows that are fed with targets")
			case s.Order <= math.Max(p.Limit("order"), p.Limit("chance")/math.Sqrt(float64(s.Rows))):
				p.Measured("order %s", short(s.Order))
			default:
				judgeOrder(p, s)
			}
		}
	},
}

func judgeOrder(p *nnvet.Pass, s *nnvet.Survey) {
	batch := p.Trace.Batch()
	rows := float64(s.Rows)
	if x := p.Trace.ProfileOf(nnvet.Input, nnvet.Train, s.Site); x != nil {
		rows = max(rows, float64(x.Total))
	}
	if batch > 0 && rows/batch < p.Limit("batches") {
		p.Measured("few batches")
		return
	}
	f := found(p, s)
	f.Brief = "order " + short(s.Order)
	f.Confidence = 0.8
	f.Message = fmt.Sprintf("rows are fed in the order of their targets: next ones correlate by %.2f, where shuffled ones have 0", s.Order)
	f.Evidence = []nnvet.Evidence{{What: "correlation of a row's target with the next one's", Saw: s.Order, Limit: "order"}}
	f.Severity = nnvet.Note
	blame(p, &f)
	if f.Severity == nnvet.Note {
		f.Confidence = 0.5
	}
	f.Treatments = []nnvet.Treatment{shuffled(p.Trace)}
	p.Report(f)
}

// blame adds the harm that an order does: a network that is good at what it
// was fed last fails on rows of all kinds, or comes and goes with what it is fed.
func blame(p *nnvet.Pass, f *nnvet.Finding) {
	if float64(p.Trace.Run.Steps) < p.Limit("steps") {
		return
	}
	train, trained := courseOf(p.Trace, nnvet.Train)
	val, validated := courseOf(p.Trace, nnvet.Validation)
	skill, left := skillOf(val, validated), 1-math.Max(skillOf(train, trained), skillOf(val, validated))
	missing := left >= p.Limit("unlearned") && stat.Finite(left)
	switch {
	case validated && skill < p.Limit("skill") && stat.Finite(skill):
		const major = 0.1
		f.Severity = nnvet.Warning
		if p.Limit("skill")-skill >= major {
			f.Severity = nnvet.Error
		}
		f.Message += "; " + val.Ended()
		f.Evidence = append(f.Evidence, val.Evidence("skill"))
		return
	case validated && missing && moves(val) > p.Limit("moves"):
		f.Message += fmt.Sprintf("; the validation loss changes by %.2g of a constant's loss from one evaluation to the next", moves(val))
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "mean change of the later validation losses / loss of a constant", Saw: moves(val), Key: val.Key, Limit: "moves"})
	case trained && (missing || !validated) && swing(train) > p.Limit("swings"):
		f.Message += fmt.Sprintf("; the loss swings by %.2g of a constant's loss", swing(train))
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "standard deviation of the later losses / loss of a constant", Saw: swing(train), Key: train.Key, Limit: "swings"})
	default:
		return
	}
	f.Severity, f.Confidence = nnvet.Warning, 0.6
	if missing {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "share of the target that is not learned", Saw: left, Limit: "unlearned"})
	}
}

// moves returns by how much the loss changes from one value to the next in the
// second half, in units of the scale; NaN of fewer than 4 values there.
func moves(c nnvet.Course) float64 {
	const fewest = 4
	xs := c.Values[c.Len()/2:]
	if len(xs) < fewest {
		return math.NaN()
	}
	sum := 0.0
	for i := 1; i < len(xs); i++ {
		sum += math.Abs(xs[i] - xs[i-1])
	}
	return sum / float64(len(xs)-1) / c.Scale.Loss
}

// swing returns the standard deviation of the losses of the second half of a
// run, in units of the scale.
func swing(c nnvet.Course) float64 {
	xs := c.Values[c.Len()/2:]
	mean, sum := stat.Mean(xs), 0.0
	for _, v := range xs {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum/float64(len(xs))) / c.Scale.Loss
}

// shuffled returns the treatment, with its edit where one loader says that it
// does not shuffle.
func shuffled(t *nnvet.Trace) nnvet.Treatment {
	out := nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: "shuffle the training rows anew in every epoch: DataLoader(..., shuffle=True), or x, y = x[i], y[i] with i = torch.randperm(len(x)); and shuffle once before rows are held out for validation",
		File:    "shuffle the training rows: data.shuffle: true, as without the key; and let data.split.by be random, unless what is predicted lies ahead in time",
	}), Settings: []nnvet.Setting{{Name: "shuffle", From: "false", To: "true"}}}
	var loader *nnvet.Call
	for i := range t.Calls {
		if t.Calls[i].Func == "DataLoader" {
			if loader != nil {
				return out // which of them feeds the training is not known
			}
			loader = &t.Calls[i]
		}
	}
	if a, ok := loader.Arg("shuffle"); ok && a.Text == "False" && a.Source.Known() {
		out.Edits = []nnvet.Edit{{At: a.Source, New: "True"}}
	}
	return out
}
