package preprocessing

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed wrapped_target.md
var wrappedTargetDoc string

// WrappedTarget finds targets that jump where they come round, as an angle does
// from 359 to 0.
var WrappedTarget = nnvet.Check{
	ID:       "NN0302",
	Name:     "wrapped-target",
	Pitfall:  nnvet.Preprocessing,
	Doc:      wrappedTargetDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{needSurvey},
	Limits: withHarm(
		nnvet.Limit{Name: "smoother", Default: 1.2, Source: "convention, of the lower end of a 95 % interval; measured on an angle that wraps: 9.2; of 805 targets of sound runs of the casebook's part to learn from, 8 tasks that do not wrap, 0.85 at most"},
	),
	Explains: []string{"NN0315", "NN0201"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		judged := false
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			judged = judged || len(s.Wraps) > 0 || rangesKnown(p.Trace, s)
			if w := wrapOf(p, s); w != nil {
				reportWrap(p, s, w)
			}
		}
		if !judged {
			p.Skip("no targets that are numbers were seen beside their inputs")
		}
	},
}

// rangesKnown reports whether targets that are numbers were compared with
// known periods, of which they may have spanned none.
func rangesKnown(t *nnvet.Trace, s *nnvet.Survey) bool {
	y := t.ProfileOf(nnvet.Target, nnvet.Train, s.Head)
	return y != nil && len(y.Columns) > 0 && s.Smooth.Permutations > 0
}

// wrapOf returns the period under which an output is surely smoother, or nil.
// Of several it is the one that the range of the output is nearest to: a
// little more than a turn does nearly as well as a turn.
func wrapOf(p *nnvet.Pass, s *nnvet.Survey) *nnvet.Wrap {
	var best *nnvet.Wrap
	least := math.Inf(1)
	for i := range s.Wraps {
		w := &s.Wraps[i]
		if !(w.Low > p.Limit("smoother")) {
			continue
		}
		off := 0.0
		for _, y := range outputs(p.Trace, s) {
			if y.Index == w.Output {
				off = math.Abs(math.Log((y.Max - y.Min) / w.Period))
			}
		}
		if best == nil || off < least {
			best, least = w, off
		}
	}
	return best
}

func reportWrap(p *nnvet.Pass, s *nnvet.Survey, w *nnvet.Wrap) {
	f := found(p, s)
	if h := headOf(p.Trace, s.Head); h != nil {
		f.Source, f.Label = h.Source, "compared here"
	}
	f.Brief = "wraps"
	f.Confidence = 0.8
	f.Message = fmt.Sprintf("output %d comes round after %s, where it jumps: as sine and cosine the target is %s times smoother over the inputs",
		w.Output, figure(w.Period), fmt.Sprintf("%.2g", w.Ratio))
	f.Evidence = []nnvet.Evidence{
		{What: "smoothness gained by sine and cosine", Saw: w.Ratio},
		{What: "lower end of its 95 % interval", Saw: w.Low, Limit: "smoother"},
	}
	h := harmTo(p, s, ceiling{math.NaN(), ""})
	if len(outputs(p.Trace, s)) == 1 { // else the ratios are of all outputs together
		h = harmTo(p, s, ceiling{1 - s.Smooth.Ratio/w.Ratio, "sine and cosine allow"})
		h.costs(s.Smooth.Ratio*(1-1/w.Ratio), "without the jump it could be")
	}
	h.add(p, &f, nnvet.Error)
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
		Program: fmt.Sprintf("let the network predict the point on the circle, with two outputs in place of this one: a = 2 * np.pi * y / %[1]s; y = np.stack([np.sin(a), np.cos(a)], axis=1); and read predictions as %[1]s * np.arctan2(p[:, 0], p[:, 1]) / (2 * np.pi)",
			figure(w.Period)),
		File: fmt.Sprintf("write the target as two columns, sin and cos of 2 pi y / %[1]s, and train an experiment on each, as a file has one target; the answer is %[1]s * atan2(sin, cos) / (2 pi)", figure(w.Period)),
	})}, {Action: "measure the error the short way round, so that 359 and 1 are 2 apart: d = abs(p - y) % " + figure(w.Period) + "; min(d, " + figure(w.Period) + " - d)"}}
	p.Report(f)
}

func headOf(t *nnvet.Trace, name string) *nnvet.Head {
	for i := range t.Heads {
		if t.Heads[i].Name == name {
			return &t.Heads[i]
		}
	}
	return nil
}

// outputs returns the columns of a survey's targets.
func outputs(t *nnvet.Trace, s *nnvet.Survey) []nnvet.Column {
	if y := t.ProfileOf(nnvet.Target, nnvet.Train, s.Head); y != nil {
		return y.Columns
	}
	return nil
}
