package results

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed learned_nothing.md
var learnedNothingDoc string

// LearnedNothing finds networks that end no better than a constant.
var LearnedNothing = nnvet.Check{
	ID:       "NN0201",
	Name:     "learned-nothing",
	Pitfall:  nnvet.Results,
	Doc:      learnedNothingDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedHead},
	Limits: []nnvet.Limit{
		{Name: "skill", Default: 0.02, Source: "the smallest effect that nnvet counts as one; healthy small networks reach 0.32 in 95 of 100 runs"},
		{Name: "steps", Default: 50, Source: "convention: fewer steps may be a trial whether the script runs at all"},
		{Name: "accuracy", Default: 0.05, Source: "convention: five points above the commonest class are learned, however bad the loss"},
	},
	Explains: []string{"NN0206", "NN0213", "NN0216"},
	Symptom:  true,
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		h, err := p.Trace.MainHead()
		if err != nil {
			p.Skip("%v", err)
			return
		}
		c, err := judged(p.Trace, h)
		if err != nil {
			p.Skip("%v", err)
			return
		}
		if float64(p.Trace.Run.Steps) < p.Limit("steps") && stat.Finite(c.Part(0.9, 1)) {
			p.Short("the run has %d steps; it takes %g to judge", p.Trace.Run.Steps, p.Limit("steps"))
			return
		}
		p.Measured("skill %.2f", max(c.Skill(), -9))
		if r := rightOf(p.Trace, h, c.Split); c.Skill() <= p.Limit("skill") && !learnedAnyway(p, c, r) {
			reportNothing(p, h, c, r)
		}
	},
}

// rights are how often the class was right on one split.
type rights struct {
	accuracy float64 // mean over the last tenth; NaN where not recorded
	chance   float64 // two standard errors of the accuracy of that many rows, guessed
	majority float64 // share of the commonest class; NaN where there are no classes
}

func rightOf(t *nnvet.Trace, h *nnvet.Head, split string) rights {
	r := rights{accuracy: math.NaN(), majority: majority(t, h, split)}
	if s := t.Series(nnvet.Key{Quantity: nnvet.Accuracy, Split: split}); s.Len() > 0 {
		shares := s.Values[s.Len()-max(s.Len()/10, 1):]
		r.accuracy = stat.Mean(shares)
		rows := rowsOf(t, split) * float64(len(shares))
		r.chance = 2 * math.Sqrt(r.majority*(1-r.majority)/rows)
	}
	return r
}

// rowsOf returns the rows that a recorded accuracy of a split is the share of,
// or 1 where that is not known.
func rowsOf(t *nnvet.Trace, split string) float64 {
	key := nnvet.Key{Quantity: nnvet.BatchRows}
	if split == nnvet.Validation {
		key.Split = split
	}
	if s := t.Series(key); s.Len() > 0 {
		return max(1, stat.Median(s.Values))
	}
	return 1
}

// majority returns the share of the commonest class among the targets of a
// split, or of the training split where the split's own are not known.
func majority(t *nnvet.Trace, h *nnvet.Head, split string) float64 {
	for _, s := range []string{split, nnvet.Train} {
		if y := t.ProfileOf(nnvet.Target, s, h.Name); y != nil && y.ClassCount() > 0 {
			var most int64
			for _, n := range y.Classes {
				most = max(most, n)
			}
			return float64(most) / float64(y.ClassCount())
		}
	}
	return math.NaN()
}

// learnedAnyway reports whether the network knows more than its final loss
// says: its accuracy is above that of the commonest class, or it fits its
// training rows and was better on others before, so that it overfits.
func learnedAnyway(p *nnvet.Pass, c nnvet.Course, r rights) bool {
	if r.accuracy-r.majority > p.Limit("accuracy")+r.chance {
		p.Measured("acc %.0f%%", 100*r.accuracy)
		return true
	}
	if c.Split == nnvet.Train {
		return false
	}
	best := math.Inf(1)
	for _, v := range c.Values {
		best = min(best, v)
	}
	if c.Scale.Skill(best) <= p.Limit("skill") || trainSkill(p.Trace) <= p.Limit("skill") {
		return false
	}
	p.Measured("overfits")
	return true
}

func reportNothing(p *nnvet.Pass, h *nnvet.Head, c nnvet.Course, r rights) {
	loss, data := c.Part(0.9, 1), rowsName[c.Split]
	f := nnvet.Finding{
		Source:     h.Source,
		Span:       ending(c),
		Brief:      "at chance",
		Confidence: 0.95,
		Message:    fmt.Sprintf("the network learned nothing: %s loss ends at %s, no better than the %s of %s, which needs no network", data, figure(loss), figure(c.Scale.Loss), c.Scale.How),
		Evidence: []nnvet.Evidence{
			{What: "loss, mean of the last tenth", Saw: loss, Key: c.Key},
			{What: "loss of " + c.Scale.How, Saw: c.Scale.Loss},
			{What: "skill, 1 - loss / that", Saw: c.Skill(), Limit: "skill"},
		},
	}
	if !stat.Finite(loss) {
		f.Brief = "no loss"
		f.Message = fmt.Sprintf("the network predicts nothing: %s loss is not finite at the end", data)
	}
	byHeart := c.Split == nnvet.Validation && trainSkill(p.Trace) > p.Limit("skill")
	if byHeart {
		f.Message += "; what it learned of the training rows holds for no others"
	}
	for _, action := range toTry(p.Trace, byHeart) {
		f.Treatments = append(f.Treatments, nnvet.Treatment{Action: action})
	}
	if !math.IsNaN(r.accuracy) {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "accuracy", Saw: r.accuracy,
			Key: nnvet.Key{Quantity: nnvet.Accuracy, Split: c.Split}})
	}
	if !math.IsNaN(r.majority) {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "share of the commonest class", Saw: r.majority})
	}
	p.Report(f)
}

// toTry returns what to do about it, best first. Where nobody wrote a program
// or a file, nnvet made the network itself, and the data is left to doubt.
func toTry(t *nnvet.Trace, byHeart bool) []string {
	switch {
	case t.OfFile() && t.Run.Script == "":
		return []string{otherColumns, moreRows}
	case byHeart:
		return []string{t.Say(lookAt), t.Say(alike)}
	}
	return []string{t.Say(lookAt), t.Say(learnFew)}
}

// What to try where only the data can be at fault.
const (
	otherColumns = "look for columns that do tell the target: from these, the network that nnvet makes by itself learns nothing of it"
	moreRows     = "gather more rows, of the rare classes above all where the target has some"
)

// What to look at when nothing was learned.
var (
	lookAt = nnvet.Words{
		Program: "look at a batch as the network gets it, inputs beside targets, and check that they belong together",
		File:    "train the network that nnvet makes by itself, without the keys network, loss and optimizer: where that learns nothing either, the columns do not tell the target",
	}
	learnFew = nnvet.Words{
		Program: "train on 16 rows alone: a network that cannot learn those by heart has a fault in its code, not in its data",
		File:    "train on 16 rows alone, in a file of their own, with data.split: {val: 0, test: 0}: a network that cannot learn those by heart is too small, or its learning rate is wrong",
	}
	alike = nnvet.Words{
		Program: "check that validation rows are prepared, scaled and labelled exactly as training rows are",
		File:    "give the network fewer units, or a dropout layer, so that it cannot learn the training rows by heart",
	}
)
