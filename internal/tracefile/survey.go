package tracefile

import (
	"errors"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

// A Survey record holds what a sample of rows tells. Its columns stand in
// arrays of equal length, any of which may be absent.
type Survey struct {
	K          string   `json:"k"` // "survey"
	S          int64    `json:"s"`
	Site       Text     `json:"site"`
	H          *int64   `json:"h,omitempty"` // the head of the targets
	Rows       int64    `json:"rows"`
	Of         int64    `json:"of"`
	Cols       ints     `json:"cols"`
	Names      []string `json:"names,omitempty"`
	Distinct   ints     `json:"distinct,omitempty"`
	Scale      floats   `json:"scale,omitempty"` // to what its numbers were before they were scaled
	Shift      floats   `json:"shift,omitempty"`
	Mode       floats   `json:"mode,omitempty"`
	ModeShare  floats   `json:"modeshare,omitempty"`
	Median     floats   `json:"median,omitempty"`
	Mad        floats   `json:"mad,omitempty"`
	Tail       floats   `json:"tail,omitempty"`
	MaxZ       floats   `json:"maxz,omitempty"`
	Skew       floats   `json:"skew,omitempty"`
	Rising     floats   `json:"rising,omitempty"`
	Spike      floats   `json:"spike,omitempty"`
	SpikeShare floats   `json:"spikeshare,omitempty"`
	SpikeGap   floats   `json:"spikegap,omitempty"`
	Alone      floats   `json:"alone,omitempty"`
	Rough      floats   `json:"rough,omitempty"`
	Within     floats   `json:"within,omitempty"`
	Seam       floats   `json:"seam,omitempty"`

	Cov        *number `json:"cov,omitempty"`
	Corr       *number `json:"corr,omitempty"`
	InRank     int64   `json:"inrank,omitempty"`
	OutRank    int64   `json:"outrank,omitempty"`
	OutZ       *number `json:"outz,omitempty"`
	Order      *number `json:"order,omitempty"`
	Repeated   int64   `json:"repeated,omitempty"`
	Contra     int64   `json:"contra,omitempty"`
	Brightness *number `json:"bright,omitempty"`

	Smooth  *SurveySmooth      `json:"smooth,omitempty"`
	Wraps   []SurveyWrap       `json:"wraps,omitempty"`
	Overlap *SurveyOverlap     `json:"overlap,omitempty"`
	Frames  []SurveyFrame      `json:"frames,omitempty"`
	Quats   []SurveyQuaternion `json:"quats,omitempty"`
}

// The parts of a survey record.
type (
	SurveySmooth struct {
		Ratio *number `json:"ratio"`
		P     *number `json:"p"`
		Of    int64   `json:"of"` // permutations
	}
	SurveyWrap struct {
		Out    int64   `json:"out"`
		Period *number `json:"period"`
		Ratio  *number `json:"ratio"`
		Low    *number `json:"low"`
	}
	SurveyOverlap struct {
		Rows     int64   `json:"rows"`
		Shared   int64   `json:"shared"`
		Coverage *number `json:"coverage,omitempty"`
		Outside  *number `json:"outside,omitempty"`
		NewPairs *number `json:"newpairs,omitempty"`
		AUC      *number `json:"auc,omitempty"`
	}
	SurveyFrame struct {
		Group string  `json:"group"`
		Cols  ints    `json:"cols"`
		Dim   int64   `json:"dim"`
		Trans *number `json:"trans"`
		Rot   *number `json:"rot"`
	}
	SurveyQuaternion struct {
		Col   int64   `json:"col"`
		Flips *number `json:"flips"`
	}
)

// mostSurveyed bounds what a survey lists: wraps, frames, quaternions.
const mostSurveyed = 4096

func (r *Reader) survey(rec *Survey) error {
	if err := rec.check(); err != nil {
		return err
	}
	s := nnvet.Survey{
		Site: string(rec.Site), Rows: int(rec.Rows), Of: int(rec.Of), Columns: rec.columns(),
		Covariance: orNaN(rec.Cov), Correlation: orNaN(rec.Corr), InputRank: int(rec.InRank), TargetRank: int(rec.OutRank), TargetZ: orNaN(rec.OutZ),
		Smooth: nnvet.Smoothness{Ratio: math.NaN(), P: math.NaN()}, Order: orNaN(rec.Order),
		Repeated: int(rec.Repeated), Contradicting: int(rec.Contra), Brightness: orNaN(rec.Brightness),
		Overlap: nnvet.Overlap{Coverage: math.NaN(), Outside: math.NaN(), NewPairs: math.NaN(), AUC: math.NaN()},
	}
	if rec.H != nil {
		if s.Head = r.headSite(*rec.H); s.Head == "" {
			return nil
		}
	}
	if m := rec.Smooth; m != nil {
		s.Smooth = nnvet.Smoothness{Ratio: orNaN(m.Ratio), P: orNaN(m.P), Permutations: int(m.Of)}
	}
	for _, w := range rec.Wraps {
		s.Wraps = append(s.Wraps, nnvet.Wrap{Output: int(w.Out), Period: orNaN(w.Period), Ratio: orNaN(w.Ratio), Low: orNaN(w.Low)})
	}
	if o := rec.Overlap; o != nil {
		s.Overlap = nnvet.Overlap{Rows: int(o.Rows), Shared: int(o.Shared), Coverage: orNaN(o.Coverage),
			Outside: orNaN(o.Outside), NewPairs: orNaN(o.NewPairs), AUC: orNaN(o.AUC)}
	}
	for _, f := range rec.Frames {
		s.Frames = append(s.Frames, nnvet.Frame{Group: f.Group, Columns: shape(f.Cols), Dim: int(f.Dim), Translation: orNaN(f.Trans), Rotation: orNaN(f.Rot)})
	}
	for _, q := range rec.Quats {
		s.Quaternions = append(s.Quaternions, nnvet.Quaternion{Column: int(q.Col), Flips: orNaN(q.Flips)})
	}
	r.addSurvey(s)
	return nil
}

// addSurvey keeps the later survey of a network: it was made of more rows.
func (r *Reader) addSurvey(s nnvet.Survey) {
	for i := range r.b.Surveys {
		if r.b.Surveys[i].Site == s.Site {
			r.b.Surveys[i] = s
			return
		}
	}
	r.b.Surveys = append(r.b.Surveys, s)
}

func (rec *Survey) check() error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	counts := ints{rec.Rows, rec.Of, rec.InRank, rec.OutRank, rec.Repeated, rec.Contra}
	if rec.Smooth != nil {
		counts = append(counts, rec.Smooth.Of)
	}
	if o := rec.Overlap; o != nil {
		counts = append(counts, o.Rows, o.Shared)
	}
	if len(rec.Wraps) > mostSurveyed || len(rec.Frames) > mostSurveyed || len(rec.Quats) > mostSurveyed {
		return errors.New("a list without end")
	}
	for _, w := range rec.Wraps {
		counts = append(counts, w.Out)
	}
	for _, f := range rec.Frames {
		counts = append(append(counts, f.Dim), f.Cols...)
	}
	for _, q := range rec.Quats {
		counts = append(counts, q.Col)
	}
	if err := sameLength(len(counts), counts); err != nil {
		return err
	}
	return rec.checkColumns()
}

func (rec *Survey) checkColumns() error {
	for i, c := range rec.Cols {
		if c < 0 || c >= rec.Of || i > 0 && c <= rec.Cols[i-1] {
			return fmt.Errorf("column %d of %d", c, rec.Of)
		}
	}
	if rec.Names != nil && len(rec.Names) != len(rec.Cols) {
		return fmt.Errorf("%d names of %d columns", len(rec.Names), len(rec.Cols))
	}
	if err := sameLength(len(rec.Cols), rec.Distinct); err != nil {
		return err
	}
	return sameLengths(len(rec.Cols), rec.Mode, rec.ModeShare, rec.Median, rec.Mad, rec.Tail,
		rec.MaxZ, rec.Skew, rec.Rising, rec.Spike, rec.SpikeShare, rec.SpikeGap,
		rec.Alone, rec.Rough, rec.Within, rec.Seam, rec.Scale, rec.Shift)
}

func (rec *Survey) columns() []nnvet.Feature {
	var out []nnvet.Feature
	for j, c := range rec.Cols {
		f := nnvet.Feature{Index: int(c), Scale: at(rec.Scale, j), Shift: at(rec.Shift, j),
			Mode: at(rec.Mode, j), ModeShare: at(rec.ModeShare, j), Median: at(rec.Median, j), MAD: at(rec.Mad, j),
			Tail: at(rec.Tail, j), MaxZ: at(rec.MaxZ, j), Skew: at(rec.Skew, j), Rising: at(rec.Rising, j),
			Spike: at(rec.Spike, j), SpikeShare: at(rec.SpikeShare, j), SpikeGap: at(rec.SpikeGap, j),
			Alone: at(rec.Alone, j), Rough: at(rec.Rough, j), Within: at(rec.Within, j), Seam: at(rec.Seam, j),
		}
		if rec.Names != nil {
			f.Name = rec.Names[j]
		}
		if rec.Distinct != nil {
			f.Distinct = int(rec.Distinct[j])
		}
		out = append(out, f)
	}
	return out
}
