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
		nnvet.Limit{Name: "within", Default: 0.5, Source: "measured: 0.01 of random codes that decide the target; above a half the values tell little"},
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
		if f.Rough > p.Limit("rough") && f.Within < p.Limit("within") && f.Distinct >= int(p.Limit("levels")) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b *nnvet.Feature) int { return cmp.Compare(a.Within, b.Within) })
	return out
}

func reportCodes(p *nnvet.Pass, s *nnvet.Survey, fs []*nnvet.Feature) {
	first := fs[0]
	f := found(p, s)
	f.Brief = fmt.Sprintf("%d codes", first.Distinct)
	f.Confidence = 0.8
	f.Message = fmt.Sprintf("%s holds %d whole numbers that tell %s of the target, but not by their order: next ones differ as much as any two",
		called(first), first.Distinct, percent(1-first.Within))
	if n := len(fs) - 1; n > 0 {
		f.Message += fmt.Sprintf("; so is it with %s", calledAll(fs[1:]))
	}
	f.Evidence = []nnvet.Evidence{
		{What: "difference between next values' targets, over that of any two", Saw: first.Rough, Limit: "rough"},
		{What: "share of the target that is not told by the value", Saw: first.Within, Limit: "within"},
	}
	harmTo(p, s, ceiling{1 - first.Within, called(first) + " alone gives"}).add(p, &f, nnvet.Error)
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
