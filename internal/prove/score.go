package prove

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A Scale is what a training is scored by.
type Scale string

// The scales, each 1 for a perfect training and 0 for one that learned nothing.
const (
	Skill   Scale = "skill"             // 1 - loss / loss of the best constant predictor
	Answers Scale = "skill of answers"  // of right answers, or of explained variance, over the best constant's
	Learned Scale = "share of the loss" // 1 - last loss / first loss of the training as written, where no constant's loss is known
	Metric  Scale = "metric"            // what the user named, over its size in the training as written; 1 minus that where less is better
)

// A Score is what one training reached, on every scale that it can be told on;
// NaN on others.
type Score struct {
	Skill        float64
	Answers      float64
	Accuracy, R2 float64 // of answers, as people know them
	Loss         float64 // at the end; not finite where it is not
	First        float64 // the first training loss
	Metric       float64
	Split        string // which Loss and Skill are of
	// Blown is whether a training failed or ended with a loss that is not finite.
	Blown bool
	// Broken is why it failed, where that is no loss that is not finite.
	Broken string
}

// Judged scores a training. Without a metric, validation rows decide; where
// there are none, training rows.
func Judged(t *Training, m *NamedMetric) Score {
	s := Score{Skill: math.NaN(), Answers: math.NaN(), Accuracy: math.NaN(), R2: math.NaN(), Loss: math.NaN(), First: math.NaN(), Metric: math.NaN()}
	if t.Trace != nil {
		s.look(t.Trace)
	}
	if m != nil {
		s.Metric = m.Find(t.Output)
	}
	s.Blown, s.Broken = s.Blown || t.Failed != "", broke(t)
	return s
}

func (s *Score) look(t *nnvet.Trace) {
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		c, err := t.Course(split)
		if err != nil {
			continue
		}
		s.Split, s.Loss = split, c.Part(0.9, 1)
		if split == nnvet.Validation && t.Event(nnvet.BestKept) != nil {
			s.Loss = lowest(c.Values)
		}
		s.Blown = math.IsNaN(s.Loss) || math.IsInf(s.Loss, 0)
		if c.Scale.How != "" {
			s.Skill = bounded(c.Scale.Skill(s.Loss))
		}
		break
	}
	if c, err := t.Course(nnvet.Train); err == nil {
		s.First = c.Values[0]
	}
	for _, split := range []string{nnvet.Validation, nnvet.Train} {
		if p := t.Predicted(split, ""); p != nil {
			m := p.Merit()
			s.R2 = m.Value("r2")
			if right, commonest, ok := labels(p); ok { // so that they can be held against a classifier's
				m.Accuracy, m.Commonest = right, commonest
			}
			s.Answers, s.Accuracy = answers(m), m.Accuracy
			break
		}
	}
}

// lowest returns the lowest of finite values; NaN without.
func lowest(values []float64) float64 {
	out := math.NaN()
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) && !(out <= v) {
			out = v
		}
	}
	return out
}

// answers returns what predictions are worth over the best constant answer.
func answers(m nnvet.Merit) float64 {
	if m.Commonest < 1 {
		return bounded((m.Accuracy - m.Commonest) / (1 - m.Commonest))
	}
	if len(m.Outputs) > 0 {
		return bounded(m.Value("r2"))
	}
	return math.NaN()
}

// labels reads numbers beside a truth of zeros and ones as answers to a question:
// one from a half on. It returns the share that is right and that of the commoner
// label, and whether the truth is such and every answer can be told.
func labels(p *nnvet.Predictions) (right, commonest float64, ok bool) {
	if p.Joint == nil || len(p.Outputs) != 1 {
		return 0, 0, false
	}
	ones := p.Outputs[0].Truth
	if off := math.Abs(p.Outputs[0].TruthStd - math.Sqrt(ones*(1-ones))); !(off < 1e-3) {
		return 0, 0, false
	}
	edges := p.Joint.Edges
	holds := func(bin int, v float64) bool { return edges[bin] <= v && v < edges[bin+1] }
	var agreed, all int64
	for i, row := range p.Joint.Counts {
		for j, n := range row {
			straddles := edges[j] < 0.5 && edges[j+1] > 0.5
			if n > 0 && (straddles || !holds(i, 0) && !holds(i, 1)) {
				return 0, 0, false
			}
			all += n
			if (edges[j] >= 0.5) == holds(i, 1) {
				agreed += n
			}
		}
	}
	return float64(agreed) / float64(all), math.Max(ones, 1-ones), all > 0
}

func bounded(v float64) float64 { // NaN: a loss that is not finite, where a scale is known
	if !(v >= worst) {
		return worst
	}
	return v
}

// A Yardstick turns scores into figures that can be compared: higher is better.
type Yardstick struct {
	Scale Scale
	Split string
	first float64 // of Learned: the loss that is 0
	lower bool    // of Metric: less is better
	unit  float64 // of Metric
}

// Choose returns the yardstick of a subject, by its baseline trainings. Where
// treatments change what the loss compares, losses cannot be compared, and
// answers are, if they can be told.
func Choose(baseline []Score, m *NamedMetric) (Yardstick, error) {
	if m != nil {
		return metric(baseline, m)
	}
	first := math.NaN()
	for _, s := range baseline {
		if !math.IsNaN(s.Skill) {
			return Yardstick{Scale: Skill, Split: s.Split}, nil
		}
		if s.First > 0 && !(first <= s.First) {
			first = s.First
		}
	}
	for _, s := range baseline {
		if !math.IsNaN(s.Answers) {
			return Yardstick{Scale: Answers, Split: s.Split}, nil
		}
	}
	split := nnvet.Train
	if len(baseline) > 0 && baseline[0].Split != "" {
		split = baseline[0].Split
	}
	return Yardstick{Scale: Learned, Split: split, first: first}, nil
}

// Other returns the yardstick for a treatment that changes what the loss
// compares.
func (y Yardstick) Other(before, after []Score) Yardstick {
	if y.Scale != Skill {
		return y
	}
	for _, s := range append(append([]Score(nil), before...), after...) {
		if math.IsNaN(s.Answers) && !s.Blown {
			return y
		}
	}
	return Yardstick{Scale: Answers, Split: y.Split}
}

// Of returns the figure of a score, at least -1, which bounds what one run can weigh.
func (y Yardstick) Of(s Score) float64 {
	v := math.NaN()
	switch y.Scale {
	case Skill:
		v = s.Skill
	case Answers:
		v = s.Answers
	case Metric:
		v = s.Metric / y.unit
		if y.lower {
			v = 1 - v
		}
	case Learned:
		// Every start is so bad as nothing learned; where even the start of the
		// training as written is not finite, that of this one is taken.
		first := y.first
		if math.IsNaN(first) {
			first = s.First
		}
		v = 1 - s.Loss/first
		if !(first > 0) && !s.Blown {
			v = 0
		}
	}
	if s.Blown && y.Scale != Answers && y.Scale != Metric {
		return worst
	}
	return bounded(v)
}

// A NamedMetric is a figure that a program prints.
type NamedMetric struct {
	Name  string
	Lower bool // less is better
	find  *regexp.Regexp
}

// lowerIsBetter are parts of names of figures that are better the smaller they
// are.
var lowerIsBetter = []string{"loss", "err", "mae", "mse", "rmse", "perplexity", "ppl", "nll", "bpc", "wer", "fid", "dist"}

// ParseMetric reads what stands behind --metric: a name, with "min:" or "max:"
// before it where the name does not tell which way is better.
func ParseMetric(text string) (*NamedMetric, error) {
	m := &NamedMetric{Name: text}
	way, name, said := strings.Cut(text, ":")
	if said && (way == "min" || way == "max") {
		m.Name, m.Lower = name, way == "min"
	} else {
		for _, part := range lowerIsBetter {
			m.Lower = m.Lower || strings.Contains(strings.ToLower(text), part)
		}
	}
	if strings.TrimSpace(m.Name) == "" {
		return nil, fmt.Errorf("--metric %q names no Figure: --metric accuracy, --metric min:cost", text)
	}
	const number = `([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf)\b)`
	m.find = regexp.MustCompile(`(?i)(?:^|[^\w])` + regexp.QuoteMeta(m.Name) + `["']?\s*[:=]?\s*` + number)
	return m, nil
}

// Find returns the last figure of that name in what a program printed; NaN
// where there is none.
func (m *NamedMetric) Find(output []byte) float64 {
	all := m.find.FindAllSubmatch(output, -1)
	if len(all) == 0 {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(string(all[len(all)-1][1]), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// metric returns the yardstick of a metric. Its unit is the size of the median
// of the baseline, or 1 for shares, so that a claim asks for a fiftieth of it.
func metric(baseline []Score, m *NamedMetric) (Yardstick, error) {
	y := Yardstick{Scale: Metric, lower: m.Lower, unit: 1}
	var sizes []float64
	found := false
	for _, s := range baseline {
		found = found || !math.IsNaN(s.Metric)
		if stat.Finite(s.Metric) {
			sizes = append(sizes, math.Abs(s.Metric))
		}
	}
	if len(sizes) > 0 {
		y.unit = max(1, stat.Median(sizes))
	}
	if !found && len(baseline) > 0 {
		return y, fmt.Errorf("the program prints no Figure named %q, as in \"%s: 0.93\"", m.Name, m.Name)
	}
	return y, nil
}
