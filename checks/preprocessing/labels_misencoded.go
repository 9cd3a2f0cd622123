package preprocessing

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed labels_misencoded.md
var labelsMisencodedDoc string

// LabelsMisencoded finds class labels that were scaled, cut off, counted from
// one, or handed to a loss that takes something else.
var LabelsMisencoded = nnvet.Check{
	ID:       "NN0312",
	Name:     "labels-misencoded",
	Pitfall:  nnvet.Preprocessing,
	Doc:      labelsMisencodedDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedProfile(nnvet.Target)},
	Limits: withHarm(
		nnvet.Limit{Name: "rows", Default: 100, Source: "convention: fewer rows of one class may be the first batches of a sorted file"},
		nnvet.Limit{Name: "most", Default: 20, Source: "convention: more whole numbers than these are counts, or amounts"},
		nnvet.Limit{Name: "codes", Default: 3, Source: "convention: two levels are yes and no, which a squared error can learn"},
	),
	Explains: []string{"NN0205", "NN0208", "NN0206", "NN0211", "NN0103", "NN0705", "NN0701", "NN0702", "NN0704", "NN0707", "NN0708", "NN0710", "NN0904", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		h, err := p.Trace.MainHead()
		if err != nil {
			p.Skip("%v", err)
			return
		}
		y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
		if y == nil {
			p.Skip("no training targets of %s were recorded", h.Name)
			return
		}
		p.Measured("%s", encoded(y))
		for _, look := range []func(*nnvet.Pass, *nnvet.Head, *nnvet.Profile) *nnvet.Finding{oneClass, codesInBCE, spreadOver, fromOne, regressed} {
			if f := look(p, h, y); f != nil {
				f.Source = h.Source
				f.Span = nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)}
				p.Report(*f)
				return
			}
		}
	},
}

// encoded says what targets are, for the board.
func encoded(y *nnvet.Profile) string {
	switch n := occurring(y); n {
	case 0:
		return "numbers"
	case 1:
		return "1 class"
	default:
		return fmt.Sprintf("%d classes", n)
	}
}

func occurring(y *nnvet.Profile) int {
	n := 0
	for _, c := range y.Classes {
		if c > 0 {
			n++
		}
	}
	return n
}

// oneClass finds labels that all became one class, as 0 to 9 do when they are
// divided by 255 and cut to whole numbers.
func oneClass(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) *nnvet.Finding {
	if len(y.Classes) < 2 || occurring(y) != 1 || float64(y.ClassCount()) < p.Limit("rows") {
		return nil
	}
	class := 0
	for y.Classes[class] == 0 {
		class++
	}
	f := &nnvet.Finding{
		Confidence: 0.9, Brief: "one class",
		Message: fmt.Sprintf("all %d training labels that were seen are class %d, of %d that the network can answer: there is nothing to tell apart", y.ClassCount(), class, len(y.Classes)),
		Evidence: []nnvet.Evidence{
			{What: "classes that occur", Saw: 1},
			{What: "labels that were seen", Saw: float64(y.ClassCount()), Limit: "rows"},
		},
		Treatments: []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
			Program: "look at what becomes of the labels between file and loss: they are never scaled with the inputs, as a division by 255 followed by a cut to whole numbers makes all of them 0; print(torch.bincount(y_train))",
			File:    "look at the target's column: only one of its values is in the training rows",
		})}},
	}
	if v := p.Trace.ProfileOf(nnvet.Target, nnvet.Validation, h.Name); v != nil && occurring(v) > 1 {
		f.Confidence = 0.95
		f.Message += fmt.Sprintf("; among the validation rows %d classes occur", occurring(v))
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "classes that occur among validation rows", Saw: float64(occurring(v))})
	}
	return f
}

// single reports whether a loss compares one column of whole numbers.
func single(y *nnvet.Profile) (m nnvet.Moments, ok bool) {
	if y.Of != 1 && y.Layout != "values" || len(y.Columns) != 1 {
		return m, false
	}
	m = y.Columns[0].Moments
	return m, m.N > 0 && !math.IsNaN(m.Min) && !math.IsNaN(m.Max)
}

// codesInBCE finds numbers of classes where a loss takes 0 and 1.
func codesInBCE(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) *nnvet.Finding {
	if h.Loss != nnvet.BCE && h.Loss != nnvet.BCELogits || y.Ranges.Above1 == 0 || y.Ranges.Below0 > 0 {
		return nil
	}
	m, ok := single(y)
	if !ok || !m.Whole || !(m.Max > 1 && m.Max <= p.Limit("most")) {
		return nil
	}
	n := int(m.Max-m.Min) + 1
	f := &nnvet.Finding{
		Confidence: 0.95, Brief: fmt.Sprintf("labels to %.0f", m.Max),
		Message: fmt.Sprintf("labels are whole numbers from %g to %g, but %s takes 0 and 1: its loss can fall below 0 without end", m.Min, m.Max, h.Name),
		Evidence: []nnvet.Evidence{
			{What: "largest label", Saw: m.Max, Lo: 0, Hi: 1},
			{What: "share of labels above 1", Saw: float64(y.Ranges.Above1) / float64(max(1, y.Ranges.N))},
		},
	}
	if n == 2 {
		f.Treatments = []nnvet.Treatment{{Action: fmt.Sprintf("let labels be 0 and 1: y = y - %g", m.Min), Settings: []nnvet.Setting{{Name: "targets", From: "as they are", To: "0/1"}}}}
	} else {
		f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(asClasses(n, m.Min)), Settings: classified(h, n, m)}}
	}
	return f
}

// spreadOver finds one number of a class that is compared with several outputs.
func spreadOver(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) *nnvet.Finding {
	m, ok := single(y)
	if !ok || len(h.Shape) != 2 || len(y.Classes) > 0 || h.Loss == nnvet.CrossEntropy || h.Loss == nnvet.NLL {
		return nil
	}
	outputs := h.Shape[1]
	if outputs < int(p.Limit("codes")) || !m.Whole || m.Max-m.Min != float64(outputs-1) || m.Min != 0 && m.Min != 1 {
		return nil
	}
	return &nnvet.Finding{
		Confidence: 0.95, Brief: "not one-hot",
		Message: fmt.Sprintf("labels are the numbers %g to %g, and %s compares each with all %d outputs: every output learns the number of the class", m.Min, m.Max, h.Name, outputs),
		Evidence: []nnvet.Evidence{
			{What: "outputs of the network", Saw: float64(outputs)},
			{What: "columns of the labels", Saw: 1},
		},
		Treatments: []nnvet.Treatment{{Action: p.Trace.Say(asClasses(outputs, m.Min)), Settings: classified(h, outputs, m)}},
	}
}

// classified are the settings that take whole numbers from 0 for classes; there
// are none for others, which must be counted from 0 first.
func classified(h *nnvet.Head, n int, m nnvet.Moments) []nnvet.Setting {
	if m.Min != 0 || !m.Whole {
		return nil
	}
	return []nnvet.Setting{
		{Name: "loss", Site: h.Name, From: string(h.Loss), To: string(nnvet.CrossEntropy)},
		{Name: "units", Site: "final", To: fmt.Sprint(n)},
	}
}

// asClasses says how numbers of classes are learned.
func asClasses(n int, from float64) nnvet.Words {
	y := "y.long()"
	if from != 0 {
		y = fmt.Sprintf("y.long() - %g", from)
	}
	return nnvet.Words{
		Program: fmt.Sprintf("take the numbers for classes: %d outputs without an activation, and nn.CrossEntropyLoss()(outputs, %s) with y of shape (rows,); or one-hot, F.one_hot(%s, %d).float(), where the loss compares every output", n, y, y, n),
		File:    "say that the target is a class: data.task: classification, and leave out the loss, or say cross_entropy",
	}
}

// fromOne finds classes that count from one.
func fromOne(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) *nnvet.Finding {
	n := len(y.Classes)
	if n < 3 || y.Classes[0] != 0 || occurring(y) != n-1 || float64(y.ClassCount()) < p.Limit("rows") {
		return nil
	}
	return &nnvet.Finding{
		Severity: nnvet.Note, Confidence: 0.7, Brief: "from 1",
		Message: fmt.Sprintf("class 0 never occurs, and the %d others all do: labels count from 1, and one output is idle", n-1),
		Evidence: []nnvet.Evidence{
			{What: "labels of class 0", Saw: 0},
			{What: "labels that were seen", Saw: float64(y.ClassCount()), Limit: "rows"},
		},
		Treatments: []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
			Program: fmt.Sprintf("let labels count from 0: y = y - 1, with %d outputs; see that predictions are turned back, and that nothing else takes class 0 for a class", n-1),
			File:    "leave the numbering to nnvet: data.task: classification numbers the classes that occur",
		})}},
	}
}

// regressed finds numbers of classes, scaled or not, that a loss takes for amounts.
func regressed(p *nnvet.Pass, h *nnvet.Head, y *nnvet.Profile) *nnvet.Finding {
	m, ok := single(y)
	if !ok {
		return nil
	}
	n, scaled := levelsOf(p, h, m)
	if n < int(p.Limit("codes")) || float64(n) > p.Limit("most") {
		return nil
	}
	f := &nnvet.Finding{
		Severity: nnvet.Note, Confidence: 0.4, Brief: fmt.Sprintf("%d levels", n),
		Message:  fmt.Sprintf("targets are the whole numbers from %g to %g, and %s takes them for amounts", m.Min, m.Max, h.Name),
		Evidence: []nnvet.Evidence{{What: "levels of the target", Saw: float64(n), Limit: "most"}},
		Treatments: []nnvet.Treatment{
			{Action: p.Trace.Say(asClasses(n, 0)), Settings: classified(h, n, m)},
			{Action: "ignore this check, with that reason, where the numbers are amounts, counts or grades"},
		},
	}
	if scaled {
		step := (m.Max - m.Min) / float64(n-1)
		f.Confidence = 0.6
		f.Message = fmt.Sprintf("targets are %d levels, %s apart from %s to %s, as classes are when their numbers were scaled, and %s takes them for amounts", n, figure(step), figure(m.Min), figure(m.Max), h.Name)
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "distance between levels", Saw: step})
		f.Treatments[0].Action = p.Trace.Say(nnvet.Words{
			Program: fmt.Sprintf("scale inputs only, and let labels be the whole numbers that they were: y = torch.round((y - %s) * %s).long(), with nn.CrossEntropyLoss() on %d outputs", figure(m.Min), figure(1/step), n),
			File:    "say that the target is a class: data.task: classification, and leave out the loss, or say cross_entropy",
		})
	}
	for i := range p.Trace.Surveys {
		if s := &p.Trace.Surveys[i]; s.Head == h.Name {
			neighboursDoBetter(p, s, f)
		}
	}
	return f
}

// neighboursDoBetter makes a fault of levels that rows near each other share
// and the network does not get: amounts that are hard to tell are so for both.
func neighboursDoBetter(p *nnvet.Pass, s *nnvet.Survey, f *nnvet.Finding) {
	had := f.Confidence
	lost := harmTo(p, s, ceiling{math.NaN(), ""})
	if near := 1 - s.Smooth.Ratio; near > 0 {
		lost.ceiling = ceiling{near, "nearest neighbours give"}
		lost.add(p, f, nnvet.Warning)
	}
	if f.Severity == nnvet.Warning {
		f.Confidence = had + 0.2
	}
}

// ended returns the course and the skill on training rows, NaN where no
// constant's loss is known.
func ended(t *nnvet.Trace) (nnvet.Course, float64) {
	c, err := t.Course(nnvet.Train)
	if err != nil || c.Scale.How == "" {
		return c, math.NaN()
	}
	return c, c.Skill()
}

// levelsOf returns how many levels a target has, where they are few and at
// equal distances, and whether they are other than whole numbers.
func levelsOf(p *nnvet.Pass, h *nnvet.Head, m nnvet.Moments) (n int, scaled bool) {
	switch h.Loss {
	case nnvet.MSE, nnvet.L1, nnvet.SmoothL1, nnvet.Huber, nnvet.BCE, nnvet.BCELogits:
	default:
		return 0, false
	}
	if m.Whole {
		if m.Min != 0 && m.Min != 1 {
			return 0, false
		}
		return int(math.Min(m.Max-m.Min+1, 1<<20)), false
	}
	if r := p.Trace.Predicted(nnvet.Train, h.Name); r != nil && r.Joint != nil {
		return rungs(r.Joint), true
	}
	if r := p.Trace.Predicted(nnvet.Validation, h.Name); r != nil && r.Joint != nil {
		return rungs(r.Joint), true
	}
	return 0, false
}

// rungs returns the number of levels of a truth whose histogram is a ladder:
// bins with rows in them at equal distances, to one bin, and empty ones
// between. It is 0 of any other.
func rungs(j *nnvet.Joint) int {
	var at []int
	for i, row := range j.Counts {
		n := int64(0)
		for _, c := range row {
			n += c
		}
		if n > 0 {
			at = append(at, i)
		}
	}
	if len(at) < 3 {
		return 0
	}
	apart := float64(at[len(at)-1]-at[0]) / float64(len(at)-1)
	for i, bin := range at {
		if off := float64(bin-at[0]) - float64(i)*apart; apart < 2 || math.Abs(off) > 1 {
			return 0
		}
	}
	return len(at)
}
