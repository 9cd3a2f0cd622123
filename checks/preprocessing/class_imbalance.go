package preprocessing

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed class_imbalance.md
var classImbalanceDoc string

// ClassImbalance finds classes so rare that the network never answers with them.
var ClassImbalance = nnvet.Check{
	ID:       "NN0311",
	Name:     "class-imbalance",
	Pitfall:  nnvet.Preprocessing,
	Doc:      classImbalanceDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs: []nnvet.Need{{What: "predictions counted by class", Has: func(t *nnvet.Trace) bool {
		for i := range t.Predictions {
			if len(t.Predictions[i].Matrix) > 1 {
				return true
			}
		}
		return false
	}}},
	Limits: []nnvet.Limit{
		{Name: "recall", Default: 0.1, Source: "convention: a class of which nine in ten rows are missed is not known"},
		{Name: "rarer", Default: 4, Source: "convention: times rarer than the commonest class; small networks learned shares of 90 to 10 without harm"},
		{Name: "rows", Default: 10, Source: "of a class that is found half of the time, ten rows are all missed once in 1000"},
		{Name: "others", Default: 0.5, Source: "convention: the commonest class is known, so that the network is not at fault as a whole"},
		{Name: "scarcer", Default: 3, Source: "convention: times scarcer among training rows than among validation rows"},
		{Name: "behind", Default: 0.15, Source: "convention: by so much less of a class is found than of the class that training has most of"},
		nnvet.NoSkill, enoughSteps,
	},
	Explains: []string{"NN0401", "NN0213", "NN0904", "NN0206", "NN0211", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		r := counts(p.Trace)
		if r == nil {
			p.Skip("the last predictions were not counted by class")
			return
		}
		if float64(p.Trace.Run.Steps) < p.Limit("steps") {
			p.Short("the run has %d steps; it takes %g to judge", p.Trace.Run.Steps, p.Limit("steps"))
			return
		}
		m := r.Merit()
		common := commonest(m)
		missed := missedClasses(p, m, common)
		if len(missed) == 0 && reportScarce(p, r, m) {
			return
		}
		if len(missed) == 0 {
			if s := m.Scarcest(int64(p.Limit("rows"))); s != nil {
				p.Measured("recall %.2f", s.Share)
			}
			return
		}
		reportMissed(p, r, m, common, missed)
	},
}

// counts returns the last predictions that were counted by class, of
// validation rows where there are any.
func counts(t *nnvet.Trace) *nnvet.Predictions {
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		if r := t.Predicted(split, ""); r != nil && len(r.Matrix) > 1 {
			return r
		}
	}
	return nil
}

func commonest(m nnvet.Merit) nnvet.Recall {
	best := m.Classes[0]
	for _, c := range m.Classes {
		if c.Rows > best.Rows {
			best = c
		}
	}
	return best
}

// missedClasses returns the rare classes that are hardly ever found.
func missedClasses(p *nnvet.Pass, m nnvet.Merit, common nnvet.Recall) []nnvet.Recall {
	var out []nnvet.Recall
	for _, c := range m.Classes {
		rare := float64(c.Rows)*p.Limit("rarer") <= float64(common.Rows)
		if rare && float64(c.Rows) >= p.Limit("rows") && c.Share < p.Limit("recall") {
			out = append(out, c)
		}
	}
	return out
}

func reportMissed(p *nnvet.Pass, r *nnvet.Predictions, m nnvet.Merit, common nnvet.Recall, missed []nnvet.Recall) {
	worst := missed[0]
	for _, c := range missed {
		if c.Rows < worst.Rows {
			worst = c
		}
	}
	f := nnvet.Finding{Span: nnvet.Span{From: max(r.Step-1, 0), To: max(r.Step-1, 0)}, Confidence: 0.75, Brief: fmt.Sprintf("class %d lost", worst.Class)}
	if h := headOf(p.Trace, r.Head); h != nil {
		f.Source = h.Source
	}
	if len(f.Brief) > 12 {
		f.Brief = "class lost"
	}
	f.Message = fmt.Sprintf("class %d is %s of the rows, and %s of its %d %s rows are found, while %s of all answers are right",
		worst.Class, percent(float64(worst.Rows)/float64(max(1, total(m)))), percent(worst.Share), worst.Rows, splitName(r.Split), percent(m.Accuracy))
	if n := len(missed) - 1; n > 0 {
		f.Message += fmt.Sprintf("; %d more are missed as well", n)
	}
	f.Evidence = []nnvet.Evidence{
		{What: fmt.Sprintf("share of class %d that is found", worst.Class), Saw: worst.Share, Limit: "recall"},
		{What: fmt.Sprintf("rows of class %d for one of class %d", common.Class, worst.Class), Saw: float64(common.Rows) / float64(worst.Rows), Limit: "rarer"},
		{What: "accuracy", Saw: m.Accuracy},
		{What: "accuracy of always naming the commonest class", Saw: m.Commonest},
	}
	if !knows(p, m) {
		f.Severity, f.Confidence = nnvet.Note, 0.4
		f.Message += "; but the network has learned nothing else either"
	}
	f.Treatments = weighed(p.Trace, r)
	p.Report(f)
}

// knows reports whether the network knows more than the commonest class: others
// too, or the shares of the classes row by row, so that it is the rare ones that
// it lacks.
func knows(p *nnvet.Pass, m nnvet.Merit) bool {
	found := 0
	for _, c := range m.Classes {
		if c.Rows > 0 && c.Share >= p.Limit("others") {
			found++
		}
	}
	if found > 1 {
		return true
	}
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		if c, err := p.Trace.Course(split); err == nil && c.Scale.How != "" && c.Skill() > p.Limit("learned") {
			return true
		}
	}
	return false
}

// reportScarce reports the class that training rows hold far fewer of than
// validation rows do, where it is found less often for it.
func reportScarce(p *nnvet.Pass, r *nnvet.Predictions, m nnvet.Merit) bool {
	trained := trainedOn(p.Trace, r)
	if trained == nil || r.Split != nnvet.Validation || len(trained) != len(m.Classes) {
		return false
	}
	all, seen := 0.0, float64(max(1, total(m)))
	most := 0
	for c, n := range trained {
		all += float64(n)
		if n > trained[most] {
			most = c
		}
	}
	var worst *nnvet.Recall
	for i := range m.Classes {
		c := &m.Classes[i]
		scarce := float64(trained[c.Class])/all*p.Limit("scarcer") < float64(c.Rows)/seen
		if scarce && float64(c.Rows) >= p.Limit("rows") && c.Share+p.Limit("behind") < m.Classes[most].Share && (worst == nil || c.Share < worst.Share) {
			worst = c
		}
	}
	if worst == nil {
		return false
	}
	share := float64(trained[worst.Class]) / all
	f := nnvet.Finding{Span: nnvet.Span{From: max(r.Step-1, 0), To: max(r.Step-1, 0)}, Confidence: 0.8, Brief: "class scarce"}
	if h := headOf(p.Trace, r.Head); h != nil {
		f.Source = h.Source
	}
	f.Message = fmt.Sprintf("class %d is %s of the training rows and %s of the validation rows, and %s of its rows are found, where %s are of class %d",
		worst.Class, percent(share), percent(float64(worst.Rows)/seen), percent(worst.Share), percent(m.Classes[most].Share), most)
	f.Evidence = []nnvet.Evidence{
		{What: fmt.Sprintf("share of class %d among training rows", worst.Class), Saw: share},
		{What: "among validation rows over that", Saw: float64(worst.Rows) / seen / max(share, 1/all), Limit: "scarcer"},
		{What: "share that is found, less than of the commonest class", Saw: m.Classes[most].Share - worst.Share, Limit: "behind"},
	}
	f.Treatments = weighed(p.Trace, r)
	p.Report(f)
	return true
}

// trainedOn returns the rows of each class that were trained on, or nil where
// they are not known. Two classes may be zeros and ones.
func trainedOn(t *nnvet.Trace, r *nnvet.Predictions) []int64 {
	y := t.ProfileOf(nnvet.Target, nnvet.Train, r.Head)
	switch {
	case y == nil:
		return nil
	case y.ClassCount() > 0:
		return y.Classes
	case len(r.Matrix) != 2 || len(y.Columns) != 1 || y.Of != 1:
		return nil
	}
	if m := y.Columns[0]; m.N > 0 && m.Binary() {
		ones := int64(math.Round(m.Mean * float64(m.N)))
		return []int64{m.N - ones, ones}
	}
	return nil
}

func total(m nnvet.Merit) int64 {
	var n int64
	for _, c := range m.Classes {
		n += c.Rows
	}
	return n
}

func splitName(split string) string {
	if split == nnvet.Validation {
		return "validation"
	}
	return "training"
}

// weighed returns the treatments, with weights that the counts of the training
// rows ask for.
func weighed(t *nnvet.Trace, r *nnvet.Predictions) []nnvet.Treatment {
	counts := trainedOn(t, r)
	if len(counts) != len(r.Matrix) {
		counts = nil
		for _, c := range r.Merit().Classes {
			counts = append(counts, c.Rows)
		}
	}
	program := "weigh the classes in the loss by the inverse of their rows: nn.CrossEntropyLoss(weight=w / w.mean()), w = 1 / torch.bincount(y_train)"
	if h := headOf(t, r.Head); h != nil && (h.Loss == nnvet.BCE || h.Loss == nnvet.BCELogits) && len(counts) == 2 && counts[1] > 0 {
		program = fmt.Sprintf("weigh the ones in the loss: nn.BCEWithLogitsLoss(pos_weight=torch.tensor(%s))", figure(float64(counts[0])/float64(counts[1])))
	} else if w := weights(counts); w != "" {
		program = fmt.Sprintf("weigh the classes in the loss by the inverse of their rows: nn.CrossEntropyLoss(weight=torch.tensor([%s]))", w)
	}
	return []nnvet.Treatment{
		{Settings: []nnvet.Setting{{Name: "class weights", From: "equal", To: "balanced"}}, Action: t.Say(nnvet.Words{
			Program: program + "; stated probabilities are then no longer shares",
			File:    "repeat the rows of the rare class in the training data; an experiment file weighs no classes, and rows must be divided before they are repeated, or the copies are in both parts",
		})},
		{Action: t.Say(nnvet.Words{
			Program: "or leave the loss as it is and lower the probability from which the rare class is answered, chosen on validation rows by what a miss and a false alarm cost",
			File:    "judge by metrics: [balanced_accuracy], the mean of what is right of each class, and not by accuracy",
		})},
		{Action: "gather more rows of the rare class: that beats every weight"},
	}
}

// weights writes n / (classes * rows of the class) for each, "" where a class
// has no rows or there are too many to write.
func weights(counts []int64) string {
	const most = 10
	var n float64
	for _, c := range counts {
		n += float64(c)
	}
	var out []string
	for _, c := range counts {
		if c == 0 || len(counts) > most {
			return ""
		}
		out = append(out, fmt.Sprintf("%.3g", n/float64(len(counts))/float64(c)))
	}
	return strings.Join(out, ", ")
}
