package normalization

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

//go:embed normalized_twice.md
var normalizedTwiceDoc string

// NormalizedTwice finds inputs that were scaled, and then scaled again.
var NormalizedTwice = nnvet.Check{
	ID:       "NN0111",
	Name:     "normalized-twice",
	Pitfall:  nnvet.Normalization,
	Doc:      normalizedTwiceDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedProfile(nnvet.Input)},
	Limits: append([]nnvet.Limit{
		{Name: "byte", Default: 1.0 / 255, Source: "bytes divided by 255 reach 1; divided twice, 1/255"},
		{Name: "pixels", Default: 8, Source: "convention: as many columns of a table that reach one largest number are pixels"},
		{Name: "scale", Default: 0.7, Source: "small synthetic networks: |log10 rms| of healthy inputs is 0.006 at most"},
		{Name: "again", Default: 1.3, Source: "convention: decades; twenty times, which the estimate cannot be off by"},
		sparse,
	}, harmLimits...),
	Explains: append([]string{"NN0101"}, upset...),
	AtEnd:    true,
	Run:      func(p *nnvet.Pass) { eachInput(p, judgeTwice) },
}

func judgeTwice(p *nnvet.Pass, x *nnvet.Profile) {
	cols := quantities(p, x)
	if len(cols) == 0 {
		return
	}
	in := survey(x, cols)
	rows, columns := normalizes(p.Trace)
	p.Measured("max %s", short(in.all.Max))
	switch within, known := rescaled(p.Trace, x); {
	case rows || columns:
		p.Measured("norm first")
	case bytesTwice(p, x, in):
		reportBytesTwice(p, x, in)
	case x.Layout == "channels" && twiceHalved(in):
		reportTwiceHalved(p, x, in)
	case known && math.Log10(in.all.RMS()/within) >= p.Limit("again") && math.Abs(math.Log10(x.All().RMS())) < p.Limit("scale"):
		reportWithin(p, x, within)
	case -in.scale >= p.Limit("scale"):
		if first, again := repeated(p.Trace); again != nil {
			reportRepeated(p, x, in, first, again)
		}
	}
}

// bytesTwice reports whether inputs end where bytes do that were divided by
// 255 two times.
func bytesTwice(p *nnvet.Pass, x *nnvet.Profile, in intake) bool {
	top := p.Limit("byte")
	if in.all.Min < 0 || in.all.Max > top*1.001 || in.all.Max < top/2 {
		return false
	}
	full := 0
	for _, c := range in.cols {
		if c.Max == in.all.Max {
			full++
		}
	}
	return x.Layout == "channels" || float64(full) >= p.Limit("pixels")
}

func reportBytesTwice(p *nnvet.Pass, x *nnvet.Profile, in intake) {
	f := finding(p, x)
	f.Confidence = 0.8
	f.Brief = "max " + short(in.all.Max)
	f.Message = fmt.Sprintf("the inputs were normalized twice: they lie between %s and %s, where bytes end up that were divided by 255 and then by 255 again", figure(in.all.Min), figure(in.all.Max))
	f.Evidence = []nnvet.Evidence{
		{What: "largest input", Saw: in.all.Max, Limit: "byte"},
		{What: "std", Saw: in.all.Std, Lo: 0.3, Hi: 3},
	}
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
		Program: "divide by 255 once, either where the data is loaded or in forward: ToTensor does it already for images of bytes",
		File:    "divide by 255 once: take the scaling in the data file out, or let data.transform leave the column as it is",
	})}}
	reportAtMost(p, f)
}

// twiceHalved reports whether inputs span -3 to 1, where numbers from 0 to 1
// end up to which (x - 0.5) / 0.5 was done two times.
func twiceHalved(in intake) bool {
	const close = 1e-3
	return math.Abs(in.all.Min+3) < close && math.Abs(in.all.Max-1) < close
}

func reportTwiceHalved(p *nnvet.Pass, x *nnvet.Profile, in intake) {
	f := finding(p, x)
	f.Confidence = 0.7
	f.Brief = "-3 to 1"
	f.Message = "the inputs were normalized twice: they span -3 to 1, where pixels end up to which (x - 0.5) / 0.5 was done two times"
	f.Evidence = []nnvet.Evidence{
		{What: "smallest input", Saw: in.all.Min, Lo: -1, Hi: 1}, {What: "largest input", Saw: in.all.Max}, {What: "mean", Saw: in.all.Mean, Lo: -1, Hi: 1},
	}
	tollOf(p).judge(&f)
	f.Treatments = []nnvet.Treatment{{Action: "do Normalize(0.5, 0.5) once: either in the transforms of the data set, or in the network"}}
	p.Report(f)
}

// reportWithin reports a network that scales what was scaled already.
func reportWithin(p *nnvet.Pass, x *nnvet.Profile, within float64) {
	fed := x.All()
	f := finding(p, x)
	f.Confidence = 0.6
	f.Brief = "layer 1 " + short(within)
	if len([]rune(f.Brief)) > 12 {
		f.Brief = "again"
	}
	f.Message = fmt.Sprintf("the inputs are normalized twice: they come in with a root mean square of %s, and the network brings them to %s before its first layer", figure(fed.RMS()), short(within))
	f.Evidence = []nnvet.Evidence{
		{What: "scale fed over what the first layer is given, by its outputs", Saw: math.Log10(fed.RMS() / within), Unit: "decades", Limit: "again"},
		{What: "rms fed, from 1", Saw: math.Abs(math.Log10(fed.RMS())), Unit: "decades", Lo: 0, Hi: p.Limit("scale")},
	}
	tollOf(p).judge(&f)
	f.Treatments = []nnvet.Treatment{{Action: "scale at one place: take the division out of forward, or feed the network raw numbers"}}
	p.Report(f)
}

// scalers lists functions that scale what they are given, by what people and
// libraries name them.
var scalers = []string{"normalize", "standardize", "scale", "minmax_scale", "normalize_data", "scale_data", "preprocess"}

// repeated returns two calls of one function that scales, of the same thing in
// the same place.
func repeated(t *nnvet.Trace) (first, again *nnvet.Call) {
	for i := range t.Calls {
		c := &t.Calls[i]
		if !slices.Contains(scalers, c.Func) || len(c.Args) == 0 || c.Args[0].Text == "" {
			continue
		}
		for j := range t.Calls[:i] {
			o := &t.Calls[j]
			if o.Func == c.Func && o.In == c.In && o.Source.File == c.Source.File && o.Source.Line != c.Source.Line &&
				len(o.Args) > 0 && o.Args[0].Text == c.Args[0].Text {
				return o, c
			}
		}
	}
	return nil, nil
}

func reportRepeated(p *nnvet.Pass, x *nnvet.Profile, in intake, first, again *nnvet.Call) {
	f := finding(p, x)
	f.Confidence = 0.7
	f.Severity = nnvet.Warning
	f.Source, f.Label = again.Source, "scaled again here"
	f.Brief = brief(in.all)
	f.Message = fmt.Sprintf("the inputs are normalized twice: %s(%s) in line %d and again in line %d, after which they have a root mean square of %s",
		first.Func, first.Args[0].Text, first.Source.Line, again.Source.Line, figure(in.all.RMS()))
	f.Evidence = []nnvet.Evidence{{What: "rms of the inputs, from 1", Saw: math.Abs(in.scale), Unit: "decades", Limit: "scale"}}
	f.Treatments = []nnvet.Treatment{{Action: fmt.Sprintf("take one of the two calls of %s out", first.Func)}}
	reportAtMost(p, f)
}
