package record

import (
	"math"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/survey"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// Survey surveys the data of a training, for [Options]. It takes a few
// hundredths of a second for a table, and as long as a second for images. It is
// the same whatever the network and the optimizer are, and, but for the order
// of the rows, whatever the seed is: so one does for many trainings on the same
// data. as is nil
// where they were not scaled.
func Survey(s engine.Spec, train, val engine.Data, o Options, as *Scales) *nnvet.Survey {
	if as == nil {
		as = new(Scales)
	}
	d := survey.Data{
		Site: root, Train: split(train), Val: split(val), Columns: s.Input.Size(), Names: o.Columns, Groups: o.Declared.Groups,
		Order: engine.FirstOrder(s, train.Rows), Units: as.Units, Scale: as.Scale, Shift: as.Shift,
	}
	switch first := firstWithWeights(s.Layers); {
	case len(s.Input) == 3:
		d.Channels = s.Input.Last()
	case first == "embedding":
		d.Indices = true
	}
	got := survey.Of(d)
	return &got
}

// Scales say what fed numbers were before they were scaled, as [survey.Data] has
// it.
type Scales struct {
	Units        []float64 // of outputs
	Scale, Shift []float64 // of columns
}

func split(d engine.Data) survey.Split {
	return survey.Split{X: d.X, Y: d.Y, Labels: d.Labels, Rows: d.Rows}
}

// firstWithWeights returns the kind of the first layer that looks at values.
func firstWithWeights(nodes []engine.Node) string {
	for _, n := range nodes {
		switch n.Layer.Kind() {
		case "dense", "conv2d", "embedding":
			return n.Layer.Kind()
		}
	}
	return ""
}

// surveyed writes the survey that the options hold.
func (r *Recorder) surveyed() {
	if s := r.options.Survey; s != nil && s.Rows > 0 {
		r.put(surveyRecord(s, r.last))
	}
}

func surveyRecord(s *nnvet.Survey, step int64) *tracefile.Survey {
	head := int64(0)
	rec := &tracefile.Survey{
		K: "survey", S: step, Site: root, H: &head, Rows: int64(s.Rows), Of: int64(s.Of),
		Cov: known(s.Covariance), Corr: known(s.Correlation), InRank: int64(s.InputRank), OutRank: int64(s.TargetRank), OutZ: known(s.TargetZ),
		Order: known(s.Order), Repeated: int64(s.Repeated), Contra: int64(s.Contradicting), Brightness: known(s.Brightness),
	}
	surveyColumns(rec, s.Columns)
	if m := s.Smooth; m.Permutations > 0 {
		rec.Smooth = &tracefile.SurveySmooth{Ratio: known(m.Ratio), P: known(m.P), Of: int64(m.Permutations)}
	}
	for _, w := range s.Wraps {
		rec.Wraps = append(rec.Wraps, tracefile.SurveyWrap{Out: int64(w.Output), Period: known(w.Period), Ratio: known(w.Ratio), Low: known(w.Low)})
	}
	if o := s.Overlap; o.Rows > 0 {
		rec.Overlap = &tracefile.SurveyOverlap{Rows: int64(o.Rows), Shared: int64(o.Shared), Coverage: known(o.Coverage),
			Outside: known(o.Outside), NewPairs: known(o.NewPairs), AUC: known(o.AUC)}
	}
	for _, f := range s.Frames {
		frame := tracefile.SurveyFrame{Group: f.Group, Dim: int64(f.Dim), Trans: known(f.Translation), Rot: known(f.Rotation)}
		for _, c := range f.Columns {
			frame.Cols = append(frame.Cols, int64(c))
		}
		rec.Frames = append(rec.Frames, frame)
	}
	for _, q := range s.Quaternions {
		rec.Quats = append(rec.Quats, tracefile.SurveyQuaternion{Col: int64(q.Column), Flips: known(q.Flips)})
	}
	return rec
}

// surveyColumns writes features column by column.
func surveyColumns(rec *tracefile.Survey, features []nnvet.Feature) {
	named, scaled := false, false
	for _, f := range features {
		rec.Cols = append(rec.Cols, int64(f.Index))
		rec.Names = append(rec.Names, f.Name)
		named = named || f.Name != ""
		rec.Scale, rec.Shift = append(rec.Scale, f.Scale), append(rec.Shift, f.Shift)
		scaled = scaled || f.Scale > 0 && (f.Scale != 1 || f.Shift != 0)
		rec.Distinct = append(rec.Distinct, int64(f.Distinct))
		rec.Mode, rec.ModeShare = append(rec.Mode, f.Mode), append(rec.ModeShare, f.ModeShare)
		rec.Median, rec.Mad, rec.Tail = append(rec.Median, f.Median), append(rec.Mad, f.MAD), append(rec.Tail, f.Tail)
		rec.MaxZ, rec.Skew, rec.Rising = append(rec.MaxZ, f.MaxZ), append(rec.Skew, f.Skew), append(rec.Rising, f.Rising)
		rec.Spike, rec.SpikeShare = append(rec.Spike, f.Spike), append(rec.SpikeShare, f.SpikeShare)
		rec.SpikeGap = append(rec.SpikeGap, f.SpikeGap)
		rec.Alone, rec.Rough = append(rec.Alone, f.Alone), append(rec.Rough, f.Rough)
		rec.Within, rec.Seam = append(rec.Within, f.Within), append(rec.Seam, f.Seam)
	}
	if !named {
		rec.Names = nil
	}
	if !scaled {
		rec.Scale, rec.Shift = nil, nil
	}
}

// known returns a figure, or nil where it was not measured.
func known(v float64) *tracefile.Number {
	if math.IsNaN(v) {
		return nil
	}
	n := tracefile.Number(v)
	return &n
}
