package preprocessing

import (
	"cmp"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed sentinel_value.md
var sentinelValueDoc string

// SentinelValue finds numbers that stand for "missing" and are fed as if they
// had been measured.
var SentinelValue = nnvet.Check{
	ID:       "NN0303",
	Name:     "sentinel-value",
	Pitfall:  nnvet.Preprocessing,
	Doc:      sentinelValueDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{needSurvey},
	Limits: withHarm(
		nnvet.Limit{Name: "far", Default: 20, Source: "measured in the casebook's part to learn from: each of 16 tasks that -999 was put into and standardized with lost 0.05 of skill or more, though not one run shows it by itself"},
		nnvet.Limit{Name: "share", Default: 0.01, Source: "convention: a value that one row in a hundred has is no outlier"},
		nnvet.Limit{Name: "gap", Default: 3, Source: "convention, in interquartile ranges of the other values: Tukey's far outliers"},
		nnvet.Limit{Name: "code-gap", Default: 1, Source: "convention: half a box plot is enough where the value is one that people write for missing"},
		nnvet.Limit{Name: "levels", Default: 10, Source: "convention: a column of fewer values holds codes or flags, of which one may stand apart"},
		nnvet.Limit{Name: "most", Default: 0.5, Source: "convention: what more than half of the rows have is the rule, as no sale on most days"},
		nnvet.Limit{Name: "squeezed", Default: 0.1, Source: "a column whose values have a tenth of its standard deviation, as of input-not-normalized's spread"},
		nnvet.Limit{Name: "well", Default: 0.9, Source: "measured on small MLPs: the median healthy run has 0.70; at 0.9 there is little left to find"},
	),
	Explains: []string{"NN0101", "NN0102", "NN0104", "NN0105", "NN0110", "NN0315", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			if !counted(s) {
				p.Short(notCounted)
			}
			if fs := sentinels(p, s); len(fs) > 0 {
				reportSentinels(p, s, fs)
			}
		}
	},
}

// sentinelCodes are numbers that people write where they have none.
var sentinelCodes = []float64{0, -1, -9, -99, -999, -9999, -99999, -32768, 99, 999, 9999, 99999, 32767, 65535}

// sentinels returns the columns with such a value, the furthest off first.
func sentinels(p *nnvet.Pass, s *nnvet.Survey) []*nnvet.Feature {
	var out []*nnvet.Feature
	for i := range s.Columns {
		f := &s.Columns[i]
		limit := p.Limit("gap")
		v := measured(f, f.Spike)
		if slices.Contains(sentinelCodes, v) {
			limit = p.Limit("code-gap")
		}
		rare := f.SpikeShare <= p.Limit("most") || v < -1 && slices.Contains(sentinelCodes, v)
		if f.SpikeGap >= limit && f.SpikeShare >= p.Limit("share") && rare && f.Distinct > int(p.Limit("levels")) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b *nnvet.Feature) int { return cmp.Compare(b.SpikeGap, a.SpikeGap) })
	return out
}

func reportSentinels(p *nnvet.Pass, s *nnvet.Survey, fs []*nnvet.Feature) {
	first := fs[0]
	value := measured(first, first.Spike)
	code := slices.Contains(sentinelCodes, value)
	certain := code && math.Abs(value) > 1 // 0 and -1 are often measured
	f := found(p, s)
	f.Brief = brief(value)
	f.Confidence = 0.6
	if certain {
		f.Confidence = 0.8
	}
	f.Message = fmt.Sprintf("%s of the rows have %s in %s, %s interquartile ranges away from all other values, as where a number stands for a missing one",
		percent(first.SpikeShare), written(value), called(first), figure(stat.Signif(first.SpikeGap, 2)))
	if n := len(fs) - 1; n > 0 {
		f.Message += fmt.Sprintf("; so is it with %s", calledAll(fs[1:]))
	}
	f.Evidence = []nnvet.Evidence{
		{What: "gap between the value and the others", Saw: first.SpikeGap, Unit: "interquartile ranges", Limit: map[bool]string{true: "code-gap", false: "gap"}[code]},
		{What: "share of rows that have it", Saw: first.SpikeShare, Limit: "share"},
	}
	h := harmTo(p, s, ceiling{first.Alone, called(first) + " alone gives"})
	h.add(p, &f, nnvet.Warning)
	if m := momentsOf(p.Trace, s, first); m != nil {
		squeezed := 1.4826 * first.MAD / m.Std
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "std of the other values / std of the column", Saw: squeezed, Limit: "squeezed"})
		// What the other values say is as good as lost where the code owns the scale.
		if f.Severity == nnvet.Note && code && squeezed < p.Limit("squeezed") && h.unknown == "" && h.skill < p.Limit("well") {
			f.Severity, f.Confidence = nnvet.Warning, 0.7
			f.Message += fmt.Sprintf("; it owns the column's scale, of which the others keep %s", percent(squeezed))
		}
	}
	// A number that people write for nothing is wrong in any run; another one that
	// lies as far off may be measured, and is left alone where the run went well.
	if f.Severity == nnvet.Note && (certain || first.SpikeGap >= p.Limit("far") && h.skill < p.Limit("well")) {
		f.Severity, f.Confidence = nnvet.Warning, 0.7
	}
	f.Treatments = fillIn(p.Trace, fs)
	p.Report(f)
}

// measured returns a number of a column as it was before it was scaled, where
// that is known: to six digits, which is what single precision leaves of it.
func measured(f *nnvet.Feature, v float64) float64 {
	if !(f.Scale > 0) { // not known
		return v
	}
	return stat.Signif(v*f.Scale+f.Shift, 6)
}

// written writes a number that stands in the data: -9999 is not 10000.
func written(v float64) string { return strconv.FormatFloat(stat.Signif(v, 6), 'f', -1, 64) }

// brief writes a value in at most twelve characters.
func brief(v float64) string {
	if s := written(v); len(s) <= 12 {
		return s
	}
	return fmt.Sprintf("%.0e", v)
}

// fillIn returns how the markers of columns are taken out of them.
func fillIn(t *nnvet.Trace, fs []*nnvet.Feature) []nnvet.Treatment {
	f := fs[0]
	v, c := written(measured(f, f.Spike)), called(f)
	median := f.Median
	program := fmt.Sprintf("take %[1]s in %[2]s for missing: gone = x[:, %[3]d] == %[1]s; x[gone, %[3]d] = the median of the training rows without it; and add a column that says so, x = np.column_stack([x, gone])",
		v, c, f.Index)
	if !math.IsNaN(median) && f.SpikeShare < 0.2 { // then it is nearly that of the others
		program += fmt.Sprintf("; that median is about %s", figure(median))
	}
	var set []nnvet.Setting
	for _, f := range fs {
		to := "missing"
		if !math.IsNaN(f.Spike) { // it is withheld where few rows have it
			to += " " + strconv.FormatFloat(f.Spike, 'g', -1, 64)
		}
		set = append(set, inputs(f, to))
	}
	return []nnvet.Treatment{{Settings: set, Action: t.Say(nnvet.Words{
		Program: program,
		File:    fmt.Sprintf("leave these cells of %s empty in the data, or say for all columns that %s means missing: data.missing: [\"%s\"]; a missing number becomes the mean of its column, and a column of 0 and 1 beside it says so", c, v, v),
	})}, {Action: fmt.Sprintf("ignore this check, with that reason, where %s in %s was measured", v, c)}}
}
