package results

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed labels_unrelated.md
var labelsUnrelatedDoc string

// LabelsUnrelated finds targets that have nothing to do with the inputs that
// they stand beside: shuffled, or shifted against them.
var LabelsUnrelated = nnvet.Check{
	ID:       "NN0205",
	Name:     "labels-unrelated",
	Pitfall:  nnvet.Results,
	Doc:      labelsUnrelatedDoc,
	Severity: nnvet.Error,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedHead, needSmooth},
	Limits: []nnvet.Limit{
		{Name: "p", Default: 0.05, Source: "measured on small MLPs: real targets gave 0.01 always, shuffled ones 0.22 or more"},
		{Name: "skill", Default: 0.05, Source: "measured on small MLPs: with this and p, 15 of 15 runs on shuffled targets and 0 of 200 healthy ones"},
		{Name: "rows", Default: 300, Source: "measured on synthetic data: the test loses its power below"},
		{Name: "rare", Default: 30, Source: "convention: rows that a class needs so that its neighbours tell something"},
		{Name: "columns", Default: 100, Source: "measured up to 100 columns, where real targets were still told from shuffled ones"},
		nnvet.FarOut, nnvet.Owned,
	},
	Explains: []string{"NN0401", "NN1101", "NN0602", "NN0213", "NN0214", "NN0206", "NN0216", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		s := surveyed(p.Trace, func(s *nnvet.Survey) bool { return s.Smooth.Permutations > 0 })
		sm := s.Smooth
		skill, split := endSkill(p.Trace)
		switch chance := 1 / float64(sm.Permutations+1); {
		case math.IsNaN(sm.P) || chance > p.Limit("p"):
			p.Skip("%d random pairings are too few to compare with", sm.Permutations)
		case sm.P <= p.Limit("p"):
			p.Measured("p %.2f", sm.P)
		case skill > p.Limit("skill"): // learned all the same, so they are related
			p.Measured("skill %.2f", skill)
		case sm.P > 1-chance/2: // every random pairing is smoother
			p.Skip("rows that are alike have targets that differ more than chance: related, as in a checkerboard, but not smoothly")
		case math.IsNaN(skill):
			p.Skip("the trace does not tell what was learned beside a constant predictor")
		case !stat.Finite(skill):
			p.Skip("the loss is not finite, so that it does not tell what can be learned")
		case owned(p, s) != "":
			p.Skip("%s", owned(p, s))
		case few(p, s) != "":
			p.Short("%s", few(p, s))
		default:
			reportUnrelated(p, s, skill, split)
		}
	},
}

// few says which rows are too few to tell anything by neighbours, or "".
func few(p *nnvet.Pass, s *nnvet.Survey) string {
	if float64(s.Rows) < p.Limit("rows") {
		return fmt.Sprintf("%d distinct rows were looked at; it takes %g to tell by their neighbours", s.Rows, p.Limit("rows"))
	}
	y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, s.Head)
	if y == nil || y.ClassCount() == 0 {
		return ""
	}
	// As many equal classes as have the same entropy, and all but the commonest.
	n, most, entropy := float64(y.ClassCount()), 0.0, 0.0
	for _, c := range y.Classes {
		if share := float64(c) / n; share > 0 {
			most = max(most, share)
			entropy -= share * math.Log(share)
		}
	}
	rows := float64(s.Rows)
	if each := min(rows/math.Exp(entropy), rows*(1-most)); each < p.Limit("rare") {
		return fmt.Sprintf("about %.0f rows of a class were looked at; it takes %g to tell by their neighbours", each, p.Limit("rare"))
	}
	return ""
}

// owned says which target owns the variance of all, or "". Neighbours are
// compared by squared differences, which are then those of its row and of no other.
func owned(p *nnvet.Pass, s *nnvet.Survey) string {
	const says = "lies %.0f standard deviations from the mean and holds %s of the variance: the others do not count beside it"
	if y := p.Trace.ProfileOf(nnvet.Target, nnvet.Train, s.Head); y != nil {
		for _, c := range y.Columns {
			for _, v := range []float64{c.Min, c.Max} {
				if z := math.Abs(v-c.Mean) / c.Std; p.Owns(z, c.N) {
					return fmt.Sprintf("one target, %s, "+says, figure(v), z, percent(z*z/float64(c.N)))
				}
			}
		}
	}
	if z, n := s.TargetZ, int64(s.Rows); p.Owns(z, n) { // it was in no batch that the profile is of
		return fmt.Sprintf("one target "+says, z, percent(z*z/float64(n)))
	}
	return ""
}

func reportUnrelated(p *nnvet.Pass, s *nnvet.Survey, skill float64, split string) {
	f := nnvet.Finding{
		Source:     fed(p.Trace, nnvet.Train),
		Label:      "targets beside these inputs look shuffled",
		Span:       whole(p.Trace),
		Brief:      fmt.Sprintf("p %.2f", s.Smooth.P),
		Confidence: 0.85,
		Message: fmt.Sprintf("targets have nothing to do with their inputs: of %d rows, those that are alike agree on the target no more than in a random pairing (%.0f of 100 pairings agree as well), and the network learns nothing of the %s rows that a constant does not know",
			s.Rows, 100*s.Smooth.P, rowsName[split]),
		Evidence: []nnvet.Evidence{
			{What: "share of random pairings that are as smooth", Saw: s.Smooth.P, Limit: "p"},
			{What: "difference of neighbours' targets, 1 by chance", Saw: s.Smooth.Ratio},
			{What: "skill at the end (1 - loss / constant's loss)", Saw: skill, Key: nnvet.Key{Quantity: nnvet.Loss, Split: split}, Limit: "skill"},
			{What: "distinct rows looked at", Saw: float64(s.Rows)},
		},
		Treatments: []nnvet.Treatment{{Action: p.Trace.Say(together)}, {Action: p.Trace.Say(notFar)}},
	}
	if skill > 0 && split == nnvet.Validation {
		// What holds on other rows, however little, is no accident of the pairing: targets
		// that hardly depend on their inputs look as shuffled ones do.
		f.Severity, f.Confidence = nnvet.Warning, 0.5
		f.Message = fmt.Sprintf("targets have little to do with their inputs, or stand beside those of other rows: of %d rows, those that are alike agree on the target no more than in a random pairing (%.0f of 100 pairings agree as well), and the network explains %s of the validation rows",
			s.Rows, 100*s.Smooth.P, percent(skill))
	}
	if p.Trace.OfFile() {
		f.Label = "the target looks shuffled"
	}
	x := p.Trace.Profile(nnvet.Input, nnvet.Train)
	if pixels := x != nil && x.Layout != "features"; pixels || float64(s.Of) > p.Limit("columns") {
		f.Confidence = 0.6 // rows can be alike in ways that distances between their numbers do not see
	}
	p.Report(f)
}

// What to do about targets that seem not to belong to their rows.
var (
	together = nnvet.Words{
		Program: "print ten rows as they were read, each with its target, and the same ten where the loss gets them: shuffle, sort and split inputs and targets by one index",
		File:    "open the file and look at ten rows: does the target belong to the row that it stands in? A column that was sorted or pasted by itself does not",
	}
	notFar = nnvet.Words{
		Program: "shift the targets by one row either way and train for a minute each: where one of them learns, the pairs were off by one",
		File:    "where it does, look for columns that do tell the target: these do not",
	}
)
