package preprocessing

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed colour_representation.md
var colourRepresentationDoc string

// ColourRepresentation finds images whose dimensions or channels are not where
// the network takes them, and colours that are brightness alone.
var ColourRepresentation = nnvet.Check{
	ID:       "NN0308",
	Name:     "colour-representation",
	Pitfall:  nnvet.Preprocessing,
	Doc:      colourRepresentationDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs: []nnvet.Need{{What: "input statistics of images", Has: func(t *nnvet.Trace) bool {
		for i := range t.Profiles {
			if images(&t.Profiles[i]) {
				return true
			}
		}
		return false
	}}},
	Limits: withHarm(
		nnvet.Limit{Name: "brightness", Default: 0.95, Source: "convention: less than a twentieth of the variance is left for colour"},
		nnvet.Limit{Name: "apart", Default: 0.5, Source: "convention: half a standard deviation between the means of the splits is no chance, as of splits-differ"},
		nnvet.Limit{Name: "swapped", Default: 0.25, Source: "convention: the other order must fit four times better"},
	),
	Explains: []string{"NN0208", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Profiles {
			if x := &p.Trace.Profiles[i]; images(x) && x.Split == nnvet.Train {
				judgeImages(p, x)
			}
		}
	},
}

func images(x *nnvet.Profile) bool {
	return x.Role == nnvet.Input && x.Layout == "channels" && len(x.Shape) == 4
}

func judgeImages(p *nnvet.Pass, x *nnvet.Profile) {
	s := p.Trace.SurveyOf(x.Site)
	if s == nil {
		s = &nnvet.Survey{Smooth: nnvet.Smoothness{Ratio: math.NaN(), P: math.NaN()}, Brightness: math.NaN()}
	}
	val := p.Trace.ProfileOf(nnvet.Input, nnvet.Validation, x.Site)
	switch {
	case !p.Trace.OfFile() && channelsLast(x.Shape) && convolves(p.Trace):
		reportLayout(p, s, x)
	case val != nil && images(val) && swapped(p, x, val):
		reportSwap(p, x, val)
	case s.Brightness > p.Limit("brightness"):
		reportBrightness(p, s, x)
	case s.Brightness >= 0:
		p.Measured("bright %s", board(s.Brightness))
	}
}

// channelsLast reports whether images of some rows, columns and 1, 3 or 4
// channels were fed in that order: torch takes the second dimension for channels.
func channelsLast(shape []int) bool {
	a, b, c := shape[1], shape[2], shape[3]
	return a == b && a > 4 && (c == 1 || c == 3 || c == 4)
}

// convolves reports whether the network's first layer with weights convolves
// images.
func convolves(t *nnvet.Trace) bool {
	for i := range t.Params {
		if l := t.Layer(t.Params[i].Layer); l != nil {
			return strings.HasPrefix(l.Kind, "Conv2d")
		}
	}
	return false
}

func reportLayout(p *nnvet.Pass, s *nnvet.Survey, x *nnvet.Profile) {
	f := seen(p, x)
	f.Brief = "NHWC"
	f.Confidence = 0.85
	f.Message = fmt.Sprintf("images are fed as %v, channels last, to a convolution that takes the second dimension for channels: it slides over columns and colours, and mixes the %d rows",
		x.Shape, x.Shape[1])
	f.Evidence = []nnvet.Evidence{
		{What: "last dimension of the images", Saw: float64(x.Shape[3])},
		{What: "second dimension, taken for channels", Saw: float64(x.Shape[1])},
	}
	harmTo(p, s, ceiling{math.NaN(), ""}).add(p, &f, nnvet.Error)
	f.Treatments = []nnvet.Treatment{{Action: fmt.Sprintf("bring the channels to the second place, x = x.permute(0, 3, 1, 2), and give the first convolution in_channels=%d; a reshape to that shape would scramble the pixels", x.Shape[3])}}
	p.Report(f)
}

// seen returns what the findings about images have in common.
func seen(p *nnvet.Pass, x *nnvet.Profile) nnvet.Finding {
	return nnvet.Finding{Span: nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)}, Source: x.Source, Label: p.Trace.Say(nnvet.Words{Program: "fed here", File: "prepared here"})}
}

// swapped reports whether validation images have the channels of training
// images in the opposite order, by the means of the first and the last.
func swapped(p *nnvet.Pass, x, val *nnvet.Profile) bool {
	if len(x.Columns) != 3 || len(val.Columns) != 3 {
		return false
	}
	as, opposite := apart(x, val, false), apart(x, val, true)
	return as > p.Limit("apart") && opposite < p.Limit("swapped")*as
}

// apart returns the distance of the means of the first and the last channel,
// the larger of both, in standard deviations of the training images.
func apart(x, val *nnvet.Profile, opposite bool) float64 {
	d := 0.0
	for _, c := range []int{0, 2} {
		o := c
		if opposite {
			o = 2 - c
		}
		d = math.Max(d, math.Abs(val.Columns[o].Mean-x.Columns[c].Mean)/x.Columns[c].Std)
	}
	return d
}

func reportSwap(p *nnvet.Pass, x, val *nnvet.Profile) {
	f := seen(p, x)
	f.Source, f.Confidence, f.Brief = val.Source, 0.8, "RGB and BGR"
	f.Message = fmt.Sprintf("validation images have their channels in the opposite order: their means are %s, %s, %s, those of training images %s, %s, %s",
		figure(val.Columns[0].Mean), figure(val.Columns[1].Mean), figure(val.Columns[2].Mean), figure(x.Columns[0].Mean), figure(x.Columns[1].Mean), figure(x.Columns[2].Mean))
	f.Evidence = []nnvet.Evidence{
		{What: "distance of the channels' means, in standard deviations", Saw: apart(x, val, false), Limit: "apart"},
		{What: "the same in the opposite order, over that", Saw: apart(x, val, true) / apart(x, val, false), Limit: "swapped"},
	}
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
		Program: "read all images by the same library, or turn the channels of one that gives BGR, as OpenCV does: img[:, :, ::-1]",
		File:    "write all images with the same order of channels",
	})}}
	p.Report(f)
}

// reportBrightness says what is never more than worth knowing: photographs are
// mostly brightness, and networks learn from them.
func reportBrightness(p *nnvet.Pass, s *nnvet.Survey, x *nnvet.Profile) {
	f := seen(p, x)
	f.Severity, f.Confidence, f.Brief = nnvet.Note, 0.5, "bright "+board(s.Brightness)
	f.Message = fmt.Sprintf("the three colour channels are nearly one: %s of their variance is brightness, which hides what colour tells", percent(s.Brightness))
	f.Evidence = []nnvet.Evidence{{What: "share of the variance along the first component of the channels", Saw: s.Brightness, Limit: "brightness"}}
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
		Program: "where colour matters, divide brightness from it and scale each by itself: y = 0.299 * r + 0.587 * g + 0.114 * b; x = np.stack([y, b - y, r - y], axis=1); where it does not, feed y alone",
		File:    "where colour matters, write the images as brightness y = 0.299 r + 0.587 g + 0.114 b and two differences, b - y and r - y; where it does not, as brightness alone",
	})}}
	p.Report(f)
}
