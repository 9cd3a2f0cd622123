package preprocessing

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed code_as_number.md
var codeAsNumberDoc string

// CodeAsNumber finds numbers that are names: codes whose order means nothing.
var CodeAsNumber = nnvet.Check{
	ID:       "NN0304",
	Name:     "code-as-number",
	Pitfall:  nnvet.Preprocessing,
	Doc:      codeAsNumberDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{needSurvey},
	Limits: withHarm(
		nnvet.Limit{Name: "rough", Default: 0.7, Source: "measured: von Neumann's ratio was 1.12 of random codes and 0.009 of ordered ones"},
		nnvet.Limit{Name: "rough-many", Default: 0.4, Source: "simulated: a whole wave over 8 values gives 0.26, and 15 in 1000 columns of 8 random codes less than 0.4, of 12 codes 6"},
		nnvet.Limit{Name: "many", Default: 8, Source: "simulated: below, a whole wave comes near to what random codes give, 0.34 of 7 values and 0.64 of 5"},
		nnvet.Limit{Name: "within", Default: 0.8, Source: "convention: values that tell less than a fifth of the target have little to lose"},
		nnvet.Limit{Name: "levels", Default: 5, Source: "a straight line gives the ratio 6 / (levels^2 - 1), which is 0.75 and 0.4 of 3 and 4 levels"},
		nnvet.Limit{Name: "one-hot", Default: 50, Source: "convention: with more values than these an embedding is cheaper"},
	),
	Explains: []string{"NN0315", "NN1101", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			if x := p.Trace.ProfileOf(nnvet.Input, nnvet.Train, s.Site); x != nil && strings.Contains(x.DType, "int") {
				p.Skip("the inputs of %s are whole numbers (%s): the network looks them up or converts them", s.Site, x.DType)
				continue
			}
			if !counted(s) {
				p.Short(notCounted)
				continue
			}
			if fs := codes(p, s); len(fs) > 0 {
				reportCodes(p, s, fs)
			}
		}
	},
}

// codes returns the columns of codes, the one that tells most of the target first.
func codes(p *nnvet.Pass, s *nnvet.Survey) []*nnvet.Feature {
	var out []*nnvet.Feature
	for i := range s.Columns {
		f := &s.Columns[i]
		if rough(s, f) > p.Limit(roughness(p, f)) && untold(s, f) < p.Limit("within") && f.Distinct >= int(p.Limit("levels")) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b *nnvet.Feature) int { return cmp.Compare(a.Within, b.Within) })
	return out
}

// untold returns the share of the target that a column's values do not tell,
// corrected for chance: as many values of nothing tell as large a share of few rows.
func untold(s *nnvet.Survey, f *nnvet.Feature) float64 {
	n := float64(s.Rows)
	return f.Within * (n - 1) / (n - float64(f.Distinct))
}

// rough returns von Neumann's ratio of a column without what chance adds to it.
// The means of few rows scatter, and scatter is as rough as codes are.
func rough(s *nnvet.Survey, f *nnvet.Feature) float64 {
	chance := untold(s, f) * float64(f.Distinct-1) / float64(s.Rows-1) / (1 - f.Within) // share of the means' variance
	return (f.Rough - chance) / (1 - chance)
}

// roughness names the limit of a column: few values are rough by chance.
func roughness(p *nnvet.Pass, f *nnvet.Feature) string {
	if f.Distinct >= int(p.Limit("many")) {
		return "rough-many"
	}
	return "rough"
}

func reportCodes(p *nnvet.Pass, s *nnvet.Survey, fs []*nnvet.Feature) {
	first := fs[0]
	tells := 1 - untold(s, first)
	f := found(p, s)
	f.Brief = fmt.Sprintf("%d codes", first.Distinct)
	f.Confidence = 0.8
	f.Message = fmt.Sprintf("%s holds %d numbers at equal steps that tell %s of the target, but not by their order: next ones differ %.2f times as much as any two",
		called(first), first.Distinct, percent(tells), rough(s, first))
	if n := len(fs) - 1; n > 0 {
		f.Message += fmt.Sprintf("; so is it with %s", calledAll(fs[1:]))
	}
	f.Evidence = []nnvet.Evidence{
		{What: "difference between next values' targets, over that of any two", Saw: rough(s, first), Limit: roughness(p, first)},
		{What: "share of the target that is not told by the value", Saw: 1 - tells, Limit: "within"},
	}
	h := harmTo(p, s, ceiling{tells, called(first) + " alone gives"})
	h.add(p, &f, nnvet.Error)
	f.Treatments = []nnvet.Treatment{spread(p, fs)}
	p.Report(f)
}

// spread gives every code a place of its own.
func spread(p *nnvet.Pass, fs []*nnvet.Feature) nnvet.Treatment {
	first := fs[0]
	if first.Distinct > int(p.Limit("one-hot")) {
		return transformed(p.Trace, fs, "index", fmt.Sprintf("give every code a vector that is learned: codes, x_code = np.unique(x[:, %d], return_inverse=True), and nn.Embedding(%d, %d) on x_code as its own input, concatenated with the other columns",
			first.Index, first.Distinct+1, min(50, (first.Distinct+1)/2)), "codes are then numbers of an embedding, which must be the first layer, and so takes an experiment on such columns alone; onehot spreads the 50 commonest over columns, beside the others")
	}
	return transformed(p.Trace, fs, "onehot", fmt.Sprintf("give every code a column of its own: codes = np.unique(x_train[:, %[1]d]); x = np.column_stack([np.delete(x, %[1]d, axis=1), x[:, [%[1]d]] == codes])", first.Index),
		"every code then gets a column of its own")
}
