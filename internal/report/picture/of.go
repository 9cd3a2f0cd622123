package picture

import (
	"slices"

	"github.com/nnvet/nnvet"
)

// A subject is what a picture is drawn of.
type subject struct {
	*nnvet.Trace
	result *nnvet.Result
	f      *nnvet.Finding // nil where none is in question
}

// drawings are the pictures of each pitfall, the one that answers its question
// first. Each returns nil where the trace has nothing to draw.
var drawings = map[nnvet.Pitfall][]func(*subject) *drawing{
	nnvet.Normalization:   {featureScale, featureStd, splitScales, targetScale},
	nnvet.Results:         {truthAndPrediction, confusion, skill, calibration, outputs},
	nnvet.Preprocessing:   {columnsBeforeAndAfter, classes, repeats},
	nnvet.Regularization:  {lossGap, accuracyGap, weightNorms},
	nnvet.BatchSize:       {batchSweep, noiseScale},
	nnvet.LearningRate:    {rateSweep, updateRatio, rateOverTime},
	nnvet.FinalActivation: {reachable, wayToLoss},
	nnvet.Gradients:       {gradientHeat, deadUnits},
	nnvet.Initialization:  {signalThroughDepth, weightsAndLaw},
	nnvet.Depth:           {depthSweep, gradientByDepth, alikeByDepth},
	nnvet.HiddenUnits:     {widthSweep, rankByLayer},
}

// Of returns the pictures for a finding: its pitfall's first, drawn as the
// finding shows it, then second looks, and last the figures that it was judged
// by. It is nil where there is nothing to draw.
func Of(t *nnvet.Trace, r *nnvet.Result, f *nnvet.Finding) []Picture {
	if t == nil || f == nil || f.Check == nil {
		return nil
	}
	s := &subject{t, r, f}
	out := s.pictures(f.Check.Pitfall)
	s.lead(out)
	if d := evidence(s); d != nil {
		out = append(out, d.picture(f.Check.Pitfall))
	}
	return out
}

// Looks returns the pictures of a pitfall in a run of which no finding is in
// question. It is nil where there is nothing to draw.
func Looks(t *nnvet.Trace, r *nnvet.Result, p nnvet.Pitfall) []Picture {
	if t == nil {
		return nil
	}
	return (&subject{t, r, nil}).pictures(p)
}

func (s *subject) pictures(p nnvet.Pitfall) (out []Picture) {
	for _, draw := range drawings[p] {
		if d := draw(s); d != nil {
			out = append(out, d.picture(p))
		}
	}
	return out
}

// leads names the picture that shows what a check finds, where that is another
// than its pitfall's first.
var leads = map[string]string{
	"target-not-normalized":        "target-scale",
	"output-dominated":             "target-scale",
	"split-scaled-differently":     "split-scale",
	"learned-nothing":              "skill",
	"miscalibrated":                "calibration",
	"class-imbalance":              "classes",
	"contradicting-duplicates":     "repeats",
	"extreme-weights":              "weight-norm",
	"schedule-broken":              "rate-over-time",
	"softmax-twice":                "way-to-loss",
	"softmax-over-one-unit":        "way-to-loss",
	"logits-into-probability-loss": "way-to-loss",
	"mse-on-classes":               "way-to-loss",
	"dead-units":                   "dead-units",
	"saturated-units":              "flat-units",
	"weights-off-their-law":        "weights-law",
	"inputs-indistinguishable":     "alike-by-depth",
}

// lead puts the picture that shows what the finding in question is of first.
func (s *subject) lead(pictures []Picture) {
	i := slices.IndexFunc(pictures, func(p Picture) bool { return p.Name == leads[s.f.Check.Name] })
	if i > 0 {
		p := pictures[i]
		copy(pictures[1:], pictures[:i])
		pictures[0] = p
	}
}

// proof returns the proof of the finding in question, or nil.
func (s *subject) proof() *nnvet.Proof {
	if s.f == nil {
		return nil
	}
	return s.f.Proof
}
