package normalization

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed statistics_from_all_data.md
var statisticsFromAllDataDoc string

// StatisticsFromAllData finds inputs that were scaled before rows were held
// out, so that the figures know the rows that they should not.
var StatisticsFromAllData = nnvet.Check{
	ID:       "NN0112",
	Name:     "statistics-from-all-data",
	Pitfall:  nnvet.Normalization,
	Doc:      statisticsFromAllDataDoc,
	Severity: nnvet.Note,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedProfile(nnvet.Input)},
	Limits: []nnvet.Limit{
		{Name: "moved", Default: 0.25, Source: "convention: the held-out rows moved a mean by a quarter of a deviation, which is no small leak any more"},
		{Name: "opposite", Default: 0.999, Source: "the means of two parts of standardized rows are exactly opposite; those of parts scaled by one of them are not, and by chance in three columns hardly ever"},
		{Name: "rows", Default: 30, Source: "convention: of fewer, the figures are too rough to tell"},
		sparse,
	},
	AtEnd: true,
	Run: func(p *nnvet.Pass) {
		if p.Trace.OfFile() {
			p.Measured("train only") // as data.transform takes them
			return
		}
		if fit, split := fittedBefore(p.Trace); fit != nil {
			reportFit(p, fit, split)
			return
		}
		eachInput(p, judgeStatistics)
	},
}

// scalersOf lists classes whose figures come from the rows that they are
// fitted to, and others that are fitted too but of which more rows are no leak
// to speak of, or that something else decides.
var (
	scalersOf = []string{"StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler", "QuantileTransformer", "PowerTransformer"}
	otherFits = []string{"LabelEncoder", "OneHotEncoder", "OrdinalEncoder", "LabelBinarizer", "PCA", "TfidfVectorizer", "CountVectorizer",
		"SimpleImputer", "Pipeline", "make_pipeline", "ColumnTransformer"}
)

// fittedBefore returns a scaler's fit and the first call after it, in the same
// function, that holds rows out of what was fitted to.
func fittedBefore(t *nnvet.Trace) (fit, split *nnvet.Call) {
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Func != "fit_transform" && c.Func != "fit" || !ofScaler(t, c) || len(c.Args) == 0 || ofTraining(c.Args[0].Text) {
			continue
		}
		if s := splitAfter(t, c); s != nil {
			return c, s
		}
	}
	return nil, nil
}

// ofScaler reports whether a fit is a scaler's: one that is made in the same
// expression, or where the file makes nothing else that is fitted so.
func ofScaler(t *nnvet.Trace, fit *nnvet.Call) bool {
	made, others := 0, 0
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Source.File != fit.Source.File {
			continue
		}
		switch scaler := slices.Contains(scalersOf, c.Func); {
		case scaler && inside(c.Source, fit.Source):
			return true
		case scaler:
			made++
		case slices.Contains(otherFits, c.Func):
			others++
		}
	}
	return fit.Func == "fit_transform" && made > 0 && others == 0
}

// inside reports whether a place lies in another, both on known columns.
func inside(in, out nnvet.Location) bool {
	after := in.Line > out.Line || in.Line == out.Line && in.Col >= out.Col
	before := in.EndLine < out.EndLine || in.EndLine == out.EndLine && in.EndCol <= out.EndCol
	return in.Col > 0 && out.Col > 0 && after && before
}

// ofTraining reports whether a name says that rows are of training.
func ofTraining(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "train") || strings.HasSuffix(name, "_tr")
}

// splitAfter returns the first call that holds rows out, where it comes after
// a fit in the same function.
func splitAfter(t *nnvet.Trace, fit *nnvet.Call) *nnvet.Call {
	var first *nnvet.Call
	for i := range t.Calls {
		c := &t.Calls[i]
		if c.Func != "train_test_split" && c.Func != "random_split" || c.In != fit.In || c.Source.File != fit.Source.File {
			continue
		}
		if first == nil || c.Source.Line < first.Source.Line {
			first = c
		}
	}
	if first == nil || first.Source.Line <= fit.Source.Line {
		return nil
	}
	return first
}

func reportFit(p *nnvet.Pass, fit, split *nnvet.Call) {
	p.Report(nnvet.Finding{
		Source: fit.Source, Label: "fitted to all rows", Confidence: 0.8,
		Span:  nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief: "fit, split",
		Message: fmt.Sprintf("the scaler is fitted in line %d, before %s holds rows out in line %d: its figures know the held-out rows",
			fit.Source.Line, split.Func, split.Source.Line),
		Evidence:   []nnvet.Evidence{{What: "lines from the fit to the split", Saw: float64(split.Source.Line - fit.Source.Line)}},
		Treatments: splitFirst,
	})
}

var splitFirst = []nnvet.Treatment{
	{Action: "hold rows out first, then fit the scaler to the training rows alone and transform the others with it: scaler.fit(x_train), x_val = scaler.transform(x_val)"},
}

// judgeStatistics looks at the means of both splits. Where all rows were
// brought to mean 0 together, those of the parts are opposite in every column,
// in one proportion: that of their rows.
func judgeStatistics(p *nnvet.Pass, x *nnvet.Profile) {
	v := p.Trace.ProfileOf(nnvet.Input, nnvet.Validation, x.Site)
	if v == nil {
		p.Skip("no validation inputs of %s were recorded", x.Site)
		return
	}
	cols := quantities(p, x)
	if len(cols) == 0 {
		return
	}
	if n := min(x.Rows, v.Rows); float64(n) < p.Limit("rows") {
		p.Short("%d rows were looked at; it takes %g", n, p.Limit("rows"))
		return
	}
	gaps := gapsOf(cols, v)
	const enough = 3
	if x.Layout != "features" || len(gaps) < enough {
		p.Skip("it takes a table of %d columns of numbers to tell", enough)
		return
	}
	m := meansOf(gaps)
	if m.train < 1e-4 { // the training rows alone have mean 0
		p.Measured("train only")
		return
	}
	if !standardizedTogether(gaps, m) {
		if x.Total == 0 || x.Rows < x.Total {
			p.Skip("the training rows that were looked at are a sample, and the source does not tell where a scaler is fitted")
		}
		return
	}
	if -m.cosine >= p.Limit("opposite") {
		reportTogether(p, x, m, len(gaps))
	}
}

// means compares the means of two splits over columns.
type means struct {
	train, val float64 // roots of their sums of squares
	cosine     float64
	largest    float64 // of the training means, in deviations
}

func meansOf(gaps []gap) means {
	var tt, vv, tv, largest float64
	for _, g := range gaps {
		a, b := g.column.Mean, g.other.Mean
		tt, vv, tv = tt+a*a, vv+b*b, tv+a*b
		largest = math.Max(largest, math.Abs(a)/g.column.Std)
	}
	return means{math.Sqrt(tt), math.Sqrt(vv), tv / math.Sqrt(tt*vv), largest}
}

// standardizedTogether reports whether both splits together have mean 0 and
// deviation 1 in every column, by the proportion that the means give.
func standardizedTogether(gaps []gap, m means) bool {
	share := m.val / (m.train + m.val) // of the rows, that are of training
	for _, g := range gaps {
		a, b := g.column.Moments, g.other.Moments
		square := share*(a.Std*a.Std+a.Mean*a.Mean) + (1-share)*(b.Std*b.Std+b.Mean*b.Mean)
		if !(math.Abs(square-1) < 0.02) {
			return false
		}
	}
	return true
}

func reportTogether(p *nnvet.Pass, x *nnvet.Profile, m means, of int) {
	f := finding(p, x)
	f.Confidence = 0.95
	f.Severity = nnvet.Note
	if m.largest >= p.Limit("moved") {
		f.Severity = nnvet.Warning
	}
	f.Brief = "all rows"
	f.Message = fmt.Sprintf("the inputs were scaled by figures of training and validation rows together: the means of the two are opposite in all %d columns, which nothing else leaves; those of training are up to %s standard deviations from 0",
		of, short(m.largest))
	f.Evidence = []nnvet.Evidence{
		{What: "cosine between the means of the splits, times -1", Saw: -m.cosine, Limit: "opposite"},
		{What: "largest training mean, in std", Saw: m.largest, Limit: "moved"},
	}
	f.Treatments = splitFirst
	p.Report(f)
}
