package normalization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed input_shifted.md
var inputShiftedDoc string

// InputShifted finds columns whose mean is far from 0 in their own deviations.
var InputShifted = nnvet.Check{
	ID:       "NN0102",
	Name:     "input-shifted",
	Pitfall:  nnvet.Normalization,
	Doc:      inputShiftedDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedProfile(nnvet.Input), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: append([]nnvet.Limit{
		{Name: "shift", Default: 5, Source: "measured on small MLPs: 0.05 in healthy inputs; no alarm on 60 odd but healthy ones (pixels, sparse flags, rare classes)"},
		sparse,
	}, harmLimits...),
	Explains: upset,
	AtEnd:    true,
	Run:      func(p *nnvet.Pass) { eachInput(p, judgeShift) },
}

// upset lists what inputs of the wrong scale lead to.
var upset = []string{"NN0601", "NN0603", "NN0602", "NN0801", "NN0802", "NN0805", "NN0904", "NN0201"}

func judgeShift(p *nnvet.Pass, x *nnvet.Profile) {
	cols := quantities(p, x)
	if len(cols) == 0 {
		return
	}
	all := x.All()
	if _, columns := normalizes(p.Trace); columns {
		p.Measured("norm first")
		return
	}
	var shifted []nnvet.Column
	worst, worstAt := 0.0, cols[0]
	for _, c := range cols {
		s := math.Abs(c.Mean) / c.Std
		if s > worst {
			worst, worstAt = s, c
		}
		if s >= p.Limit("shift") {
			shifted = append(shifted, c)
		}
	}
	p.Measured("off %s", short(worst))
	if len(shifted) == 0 || pictures(x, all) || nnvet.Pixels(cols) {
		return
	}
	if _, ok := rescaled(p.Trace, x); ok {
		p.Skip("the network scales its inputs by itself, and what its first layer is given is not recorded by column")
		return
	}
	reportShift(p, x, shifted, worstAt)
}

func reportShift(p *nnvet.Pass, x *nnvet.Profile, shifted []nnvet.Column, worst nnvet.Column) {
	f := finding(p, x)
	f.Confidence = 0.7
	f.Brief = "mean " + short(worst.Mean)
	f.Message = fmt.Sprintf("the inputs are not centred: the mean of %s is %s, %s of its standard deviations from 0",
		labelOf(worst, x), center(worst.Moments), short(math.Abs(worst.Mean)/worst.Std))
	if n := len(shifted); n > 1 {
		f.Message += fmt.Sprintf(", the furthest of %d columns so far off", n)
	}
	f.Evidence = []nnvet.Evidence{
		{What: fmt.Sprintf("|mean| / std (%s)", label(worst)), Saw: math.Abs(worst.Mean) / worst.Std, Limit: "shift"},
		{What: "columns so far from 0", Saw: float64(len(shifted))},
	}
	tollOf(p).judge(&f)
	f.Treatments = []nnvet.Treatment{standardize(p.Trace, program(p.Trace, x, shifted))}
	p.Report(f)
}
