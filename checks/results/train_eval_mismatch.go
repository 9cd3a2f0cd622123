package results

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed train_eval_mismatch.md
var trainEvalDoc string

// TrainEvalMismatch finds networks that are trained or judged in the wrong
// mode, and such that answer otherwise in evaluation mode.
var TrainEvalMismatch = nnvet.Check{
	ID:       "NN0209",
	Name:     "train-eval-mismatch",
	Pitfall:  nnvet.Results,
	Doc:      trainEvalDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Loss, nnvet.Train), {What: "layers", Has: func(t *nnvet.Trace) bool { return len(t.Layers) > 0 }}},
	Limits: []nnvet.Limit{
		{Name: "often", Default: 0.5, Source: "convention: the smaller part of the evaluations may be something else, as a generator that is run without gradients"},
		{Name: "apart", Default: 0.5, Source: "convention: half a standard deviation, as between splits that differ"},
		{Name: "spread", Default: 2, Source: "convention: a factor of two, as between splits that differ"},
		{Name: "moved", Default: 0.3, Source: "convention: three rows in ten that go to other classes"},
		{Name: "alike", Default: 0.1, Source: "convention: a tenth of a standard deviation, or of the rows, is the same for this purpose"},
		{Name: "lost", Default: 0.1, Source: "convention: a tenth of the skill lost from training to validation rows counts as major"},
		{Name: "rows", Default: 100, Source: "convention: means of fewer rows differ by a tenth of a standard deviation by chance"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0401", "NN0213", "NN0206", "NN0216", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		m := moding(p.Trace)
		if m == "" {
			p.Measured("one mode")
			return
		}
		for _, look := range []func(*nnvet.Pass, string) *nnvet.Finding{trainedInEval, evaluatedInTrain, answersOtherwise} {
			if f := look(p, m); f != nil {
				p.Report(*f)
				return
			}
		}
	},
}

// moding returns the class of a layer that works differently in training and in
// evaluation, those that use the statistics of batches first; "" without.
func moding(t *nnvet.Trace) string {
	drop := ""
	for i := range t.Layers {
		l := &t.Layers[i]
		switch rate, known := l.Settings["p"]; {
		case isBatchNorm(l):
			return l.Kind
		case strings.Contains(l.Kind, "Dropout") && !(known && rate == 0):
			drop = l.Kind
		}
	}
	return drop
}

func isBatchNorm(l *nnvet.Layer) bool { return strings.Contains(l.Kind, "BatchNorm") }

// trainedInEval finds a training that goes on in evaluation mode, as after an
// evaluation that nobody took back. From the first step on it may be meant.
func trainedInEval(p *nnvet.Pass, layer string) *nnvet.Finding {
	e := p.Trace.Event(nnvet.BackwardInEval)
	if e == nil {
		return nil
	}
	f := &nnvet.Finding{
		Source:     e.Source,
		Label:      "trains in evaluation mode",
		Span:       nnvet.Span{From: e.Step, To: max(e.Step, p.Trace.Run.Steps-1)},
		Brief:      "eval mode",
		Confidence: 0.9,
		Message:    fmt.Sprintf("the network trains in evaluation mode from step %d on, in which %s does nothing of what it does in training", e.Step, layer),
		Evidence: []nnvet.Evidence{
			{What: "backward passes in evaluation mode", Saw: float64(e.Count)},
		},
		Treatments: []nnvet.Treatment{{Action: "call net.train() at the start of every epoch, after the last evaluation's net.eval()"}},
	}
	if e.Step == 0 {
		skill, _ := endSkill(p.Trace)
		f.Severity, f.Confidence = p.Harm(skill), 0.6
		f.Message += "; where a trained network is only fine-tuned, this can be meant"
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill at the end (1 - loss / constant's loss)", Saw: skill, Limit: nnvet.HealthySkill.Name})
		f.Severity = min(f.Severity, nnvet.Warning)
	}
	return f
}

// evaluatedInTrain finds evaluations in training mode. Only those count that
// were judged by a loss, and where there is one loss alone: others run parts of
// themselves without gradients for reasons of their own.
func evaluatedInTrain(p *nnvet.Pass, layer string) *nnvet.Finding {
	e := p.Trace.Event(nnvet.ValidationInTrain)
	n := p.Trace.Series(nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Validation}).Len()
	if _, err := p.Trace.MainHead(); e == nil || n == 0 || err != nil {
		return nil
	}
	// A count is written when it has doubled: it is at least half of the whole.
	if 2*float64(e.Count) < p.Limit("often")*float64(n) {
		return nil
	}
	what := "the figures are of a network with units left out at random"
	if strings.Contains(layer, "BatchNorm") {
		what = "what a row is answered depends on the rows beside it, and the running statistics learn from validation rows"
	}
	return &nnvet.Finding{
		Source:     e.Source,
		Label:      "evaluates in training mode",
		Span:       nnvet.Span{From: e.Step, To: max(e.Step, p.Trace.Run.Steps-1)},
		Brief:      "train mode",
		Confidence: 0.9,
		Message:    fmt.Sprintf("the network is evaluated in training mode, in which %s is at work: %s", layer, what),
		Evidence: []nnvet.Evidence{
			{What: "evaluations in training mode, at least", Saw: float64(e.Count)},
			{What: "evaluations with a loss", Saw: float64(n)},
		},
		Treatments: []nnvet.Treatment{{Action: "call net.eval() before every evaluation, and net.train() after it; torch.no_grad() does not do that"}},
	}
}

// answersOtherwise finds a network with batch normalization whose answers on
// validation rows are spread, or lie, quite otherwise than on training rows,
// though the truth is not: the running statistics are not those of a batch. A
// network that only overfits answers no other classes and no wider.
func answersOtherwise(p *nnvet.Pass, layer string) *nnvet.Finding {
	tr, va := p.Trace.Predicted(nnvet.Train, ""), p.Trace.Predicted(nnvet.Validation, "")
	if !strings.Contains(layer, "BatchNorm") || tr == nil || va == nil || tr.Head != va.Head ||
		float64(min(tr.Rows, va.Rows)) < p.Limit("rows") {
		return nil
	}
	lost := skillOf(p.Trace, nnvet.Train) - skillOf(p.Trace, nnvet.Validation)
	says, evidence := drifted(p, tr, va)
	if says == "" || !(lost > p.Limit("lost")) {
		return nil
	}
	return &nnvet.Finding{
		Span:       nnvet.Span{From: min(tr.Step, va.Step), To: max(tr.Step, va.Step)},
		Brief:      "other answer",
		Confidence: 0.6,
		Message:    fmt.Sprintf("in evaluation mode the network answers otherwise than in training mode: %s, though the truth is alike, and the skill is lower by %.2f", says, lost),
		Evidence:   append(evidence, nnvet.Evidence{What: "skill lost from training to validation rows", Saw: lost, Limit: "lost"}),
		Treatments: []nnvet.Treatment{
			{Action: "put the same batch through the network in both modes: where the losses differ by half, the running statistics are wrong"},
			{Action: fmt.Sprintf("give %s batches of 16 rows or more, or take layer or group normalization, which has one mode", layer)},
		},
	}
}

// drifted says how answers on validation rows differ from those on training
// rows, or "" where they do not, or where the truth differs too.
func drifted(p *nnvet.Pass, tr, va *nnvet.Predictions) (string, []nnvet.Evidence) {
	for i := range min(len(tr.Outputs), len(va.Outputs)) {
		a, b := tr.Outputs[i], va.Outputs[i]
		if !(math.Abs(a.Truth-b.Truth) < p.Limit("alike")*a.TruthStd) || !(math.Abs(math.Log(b.TruthStd/a.TruthStd)) < math.Log(1.5)) {
			continue
		}
		shift, wider := math.Abs(a.Guess-b.Guess)/a.TruthStd, b.GuessStd/a.GuessStd
		if shift > p.Limit("apart") {
			return fmt.Sprintf("predictions lie %s standard deviations from those on training rows", figure(shift)),
				[]nnvet.Evidence{{What: "distance between mean predictions, in standard deviations of the truth", Saw: shift, Limit: "apart"}}
		}
		if wider > p.Limit("spread") {
			return fmt.Sprintf("predictions spread %s times as wide", figure(wider)),
				[]nnvet.Evidence{{What: "spread of predictions over that on training rows", Saw: wider, Limit: "spread"}}
		}
	}
	truth, guess := between(tr.Matrix, va.Matrix)
	if truth < p.Limit("alike") && guess > p.Limit("moved") {
		return fmt.Sprintf("%s of the rows are given to other classes", percent(guess)),
			[]nnvet.Evidence{{What: "share of rows that other classes are predicted for", Saw: guess, Limit: "moved"}}
	}
	return "", nil
}

// between returns the total variation distance of two confusion counts: of
// their true classes, and of those predicted. Both are NaN without counts.
func between(a, b [][]int64) (truth, guess float64) {
	if len(a) == 0 || len(a) != len(b) {
		return math.NaN(), math.NaN()
	}
	ma, mb := (&nnvet.Predictions{Matrix: a}).Merit(), (&nnvet.Predictions{Matrix: b}).Merit()
	var na, nb float64
	for c := range ma.Classes {
		na += float64(ma.Classes[c].Rows)
		nb += float64(mb.Classes[c].Rows)
	}
	for c := range ma.Classes {
		truth += math.Abs(float64(ma.Classes[c].Rows)/na-float64(mb.Classes[c].Rows)/nb) / 2
		guess += math.Abs(float64(ma.Classes[c].Said)/na-float64(mb.Classes[c].Said)/nb) / 2
	}
	return truth, guess
}
