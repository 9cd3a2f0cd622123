package normalization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed ill_conditioned_inputs.md
var illConditionedInputsDoc string

// IllConditionedInputs finds inputs whose directions are so unequal that no
// learning rate suits them all, where scaling columns would mend that.
var IllConditionedInputs = nnvet.Check{
	ID:       "NN0110",
	Name:     "ill-conditioned-inputs",
	Pitfall:  nnvet.Normalization,
	Doc:      illConditionedInputsDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedProfile(nnvet.Input), needSurvey, nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: append([]nnvet.Limit{
		{Name: "curable", Default: 2, Source: "decades; gradient descent contracts by (k-1)/(k+1) a step, so 100 times the condition number k is 100 times the steps"},
		{Name: "flags", Default: 0.5, Source: "convention: decades; where dense columns lie closer, rare flags make the difference, and they may"},
		{Name: "collinear", Default: 4, Source: "convention: decades; directions that hold a hundredth of a column's deviation are copies"},
		sparse,
	}, harmLimits...),
	Explains: []string{"NN0602", "NN0201"},
	AtEnd:    true,
	Run:      func(p *nnvet.Pass) { eachInput(p, judgeCondition) },
}

func judgeCondition(p *nnvet.Pass, x *nnvet.Profile) {
	cols := quantities(p, x)
	s := p.Trace.SurveyOf(x.Site)
	switch {
	case len(cols) == 0:
		return
	case s == nil || !(s.Covariance >= 1) || !(s.Correlation >= 1):
		p.Skip("the trace has no condition numbers of the inputs of %s", x.Site)
		return
	}
	curable := math.Log10(s.Covariance / s.Correlation)
	in := survey(x, pooled(p.Trace, cols))
	p.Measured("cond. %s", short(s.Covariance))
	_, columns := normalizes(p.Trace)
	if columns || pictures(x, in.all) || curable < p.Limit("curable") || in.spread < p.Limit("flags") || nnvet.Pixels(in.cols) {
		return
	}
	if _, ok := rescaled(p.Trace, x); ok {
		p.Skip("the network scales its inputs by itself, and what its first layer is given is not recorded by column")
		return
	}
	reportCondition(p, x, s, in, curable)
}

func reportCondition(p *nnvet.Pass, x *nnvet.Profile, s *nnvet.Survey, in intake, curable float64) {
	small, large := in.cols[0], in.cols[len(in.cols)-1]
	f := finding(p, x)
	f.Confidence = 0.6
	f.Brief = "cond. " + short(s.Covariance)
	f.Message = fmt.Sprintf("the inputs are ill-conditioned: their covariance has condition number %s, which scaling every column would bring to %s; %s has std %s, %s has %s",
		short(s.Covariance), short(s.Correlation), labelOf(large, x), figure(large.Std), label(small), figure(small.Std))
	f.Evidence = []nnvet.Evidence{
		{What: "condition number that scaling would take off", Saw: curable, Unit: "decades", Limit: "curable"},
		{What: "spread of the columns' std", Saw: in.spread, Unit: "decades", Limit: "flags"},
	}
	tollOf(p).judge(&f)
	f.Treatments = []nnvet.Treatment{standardize(p.Trace, program(p.Trace, x, culprits(in, 1)))}
	if rest := math.Log10(s.Correlation); rest >= p.Limit("collinear") {
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "condition number that stays", Saw: rest, Unit: "decades", Limit: "collinear"})
		f.Treatments = append(f.Treatments, nnvet.Treatment{Action: "then leave out columns that are nearly sums of others, or decorrelate them: PCA with whitening, fitted to the training rows"})
	}
	p.Report(f)
}
