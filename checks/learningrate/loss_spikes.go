package learningrate

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed loss_spikes.md
var spikesDoc string

// LossSpikes finds single steps, or short bursts of them, whose loss is far
// above that of the steps around them.
var LossSpikes = nnvet.Check{
	ID:       "NN0604",
	Name:     "loss-spikes",
	Pitfall:  nnvet.LearningRate,
	Doc:      spikesDoc,
	Severity: nnvet.Note,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "rise", Default: 4, Source: "the stop rule of fastai's range test: 4 times the usual"},
		{Name: "spread", Default: 8, Source: "the rule for outliers of a feature: 8 times 1.4826 median absolute deviations"},
		{Name: "size", Default: 0.5, Source: "convention: half of a constant's loss; less is no event"},
		{Name: "share", Default: 0.02, Source: "convention: more of the steps are the noise of the run"},
		{Name: "rows", Default: 8, Source: "convention: in smaller batches a single hard row makes a spike"},
		enoughSteps, nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0201"},
	AtEnd:    true,
	Run:      lossSpikes,
}

// A spike is a burst of steps with a far higher loss than usual.
type spike struct {
	from, to int // indices of the first step and of the last
	top      float64
	before   float64 // median of the steps before it
	after    float64 // and after it
}

// window is how many losses tell what is usual.
const window = 25

func lossSpikes(p *nnvet.Pass) {
	t := p.Trace
	c, err := t.Course(nnvet.Train)
	if err != nil {
		p.Skip("%v", err)
		return
	}
	rows := stat.Median(valuesOf(t.Series(nnvet.Key{Quantity: nnvet.BatchRows})))
	switch i := stat.FirstBad(c.Values); {
	case i >= 0:
		p.Skip("%s", c.Ended())
		return
	case c.Every > 1:
		p.Skip("a recorded loss is the mean of %d steps", c.Every)
		return
	case rows < p.Limit("rows"):
		p.Skip("in batches of %.0f, a single hard row makes a spike", rows)
		return
	case c.Len() < max(int(p.Limit("steps")), 3*window):
		p.Short("%d losses were recorded; it takes %d to judge", c.Len(), max(int(p.Limit("steps")), 3*window))
		return
	}
	found, steps := spikes(p, c)
	p.Measured("%s", count(len(found)))
	if len(found) > 0 && float64(steps) <= p.Limit("share")*float64(c.Len()) {
		reportSpikes(p, c, found)
	}
}

func valuesOf(s *nnvet.Series) []float64 {
	if s == nil {
		return nil
	}
	return s.Values
}

// spikes returns the bursts that end, and how many steps they hold. What comes
// after a burst is judged by the steps before it.
func spikes(p *nnvet.Pass, c nnvet.Course) (found []spike, steps int) {
	usual := append([]float64(nil), c.Values[:window]...) // the last ones that are no spike
	for i := window; i < c.Len(); i++ {
		median := stat.Median(usual)
		limit := highestUsual(p, c, usual, median)
		if c.Values[i] <= limit {
			usual = append(usual[1:], c.Values[i])
			continue
		}
		s := spike{from: i, to: i, before: median, top: c.Values[i]}
		for s.to+1 < c.Len() && c.Values[s.to+1] > limit && s.to-s.from < window {
			s.to++
			s.top = math.Max(s.top, c.Values[s.to])
		}
		next := c.Values[s.to+1 : min(s.to+1+window, c.Len())]
		s.after = stat.Median(next)
		if s.to-s.from < window && len(next) > 0 && s.after <= limit {
			found, steps = append(found, s), steps+s.to-s.from+1
		} else { // another level, and not an event
			usual = append(usual[:0], c.Values[s.to+1-window:s.to+1]...)
		}
		i = s.to
	}
	return found, steps
}

// highestUsual returns the loss above which a step is a spike.
func highestUsual(p *nnvet.Pass, c nnvet.Course, usual []float64, median float64) float64 {
	if !(median > 0) { // a loss that can be negative has no factors
		return math.Inf(1)
	}
	off := make([]float64, len(usual))
	for i, v := range usual {
		off[i] = math.Abs(v - median)
	}
	limit := median + p.Limit("spread")*1.4826*stat.Median(off)
	return max(limit, p.Limit("rise")*median, median+p.Limit("size")*c.Scale.Loss)
}

func reportSpikes(p *nnvet.Pass, c nnvet.Course, found []spike) {
	t := p.Trace
	worst := found[0]
	setback := math.Inf(-1) // the largest, in units of the scale
	for _, s := range found {
		if s.top/s.before > worst.top/worst.before {
			worst = s
		}
		setback = math.Max(setback, (s.after-s.before)/c.Scale.Loss)
	}
	f := nnvet.Finding{
		Confidence: 0.7,
		Span:       nnvet.Span{From: c.Steps[found[0].from], To: c.Steps[found[len(found)-1].to]},
		Brief:      count(len(found)),
		Message: fmt.Sprintf("the loss spikes at %s, up to %s times the usual, and comes back: such batches nearly always hold strange rows",
			list(c, found), number(stat.Signif(worst.top/worst.before, 2))),
		Evidence: []nnvet.Evidence{
			{What: fmt.Sprintf("loss of step %d over the median before", c.Steps[worst.from]), Saw: worst.top / worst.before, Key: c.Key, Limit: "rise"},
		},
	}
	if severity, evidence := harm(p, c); severity > nnvet.Note && setback > p.Limit(nnvet.NoSkill.Name) {
		f.Severity, f.Confidence = nnvet.Warning, 0.6
		f.Message += "; training was thrown back by it, and " + c.Ended()
		f.Evidence = append(f.Evidence, evidence,
			nnvet.Evidence{What: "rise of the loss from before a spike to after it, in constants' losses", Saw: setback, Key: c.Key, Limit: nnvet.NoSkill.Name})
	}
	where, same := inEpoch(t, c, found)
	if same {
		f.Message += "; " + where
	}
	f.Treatments = []nnvet.Treatment{{Action: fmt.Sprintf("look at the rows of the batch of step %d, inputs and targets, and mend or leave out what is out of range, in a wrong unit or mislabelled", c.Steps[worst.from])}, guard(t)}
	if r := t.Predicted(nnvet.Train, ""); r != nil && len(r.Worst) > 0 {
		f.Treatments[0].Action += fmt.Sprintf("; the rows of the training data that cost most at the end are %s", numbers(r.Worst))
	}
	p.Report(f)
}

func count(n int) string {
	if n == 1 {
		return "1 spike"
	}
	return fmt.Sprintf("%d spikes", n)
}

// list names the steps of some spikes: "steps 312, 640-642 and 4 more".
func list(c nnvet.Course, found []spike) string {
	const few = 4
	var each []string
	for _, s := range found[:min(len(found), few)] {
		each = append(each, nnvet.Span{From: c.Steps[s.from], To: c.Steps[s.to]}.String())
	}
	out := "steps " + strings.Join(each, ", ")
	if len(found) == 1 && found[0].from == found[0].to {
		out = "step " + each[0]
	}
	if len(found) > few {
		out += fmt.Sprintf(" and %d more", len(found)-few)
	}
	return out
}

func numbers(rows []int64) string {
	var each []string
	for _, r := range rows[:min(len(rows), 4)] {
		each = append(each, fmt.Sprint(r))
	}
	return strings.Join(each, ", ")
}

// inEpoch says which batch of an epoch it always is, where the size of the data
// is known, three spikes or more are at the same place, and none elsewhere.
func inEpoch(t *nnvet.Trace, c nnvet.Course, found []spike) (string, bool) {
	rows := stat.Median(valuesOf(t.Series(nnvet.Key{Quantity: nnvet.BatchRows})))
	x := t.Profile(nnvet.Input, nnvet.Train)
	if x == nil || x.Total == 0 || !(rows > 0) || len(found) < 3 {
		return "", false
	}
	epoch := int64(math.Ceil(float64(x.Total) / rows))
	if epoch < 2 {
		return "", false
	}
	at := c.Steps[found[0].from] % epoch
	for _, s := range found {
		if c.Steps[s.from]%epoch != at {
			return "", false
		}
	}
	first := at * int64(rows)
	return fmt.Sprintf("it is always batch %d of an epoch, rows %d to %d of the training data", at+1, first, min(first+int64(rows), x.Total)-1), true
}

// guard prescribes a clip that only the largest tenth of the gradients reaches.
func guard(t *nnvet.Trace) nnvet.Treatment {
	out := nnvet.Treatment{Action: "clip the gradients at the norm that one step in ten exceeds, as a guard against single steps"}
	p90 := stat.Signif(stat.Quantile(norms(t), 0.9), 2)
	if !stat.Finite(p90) || !(p90 > 0) {
		return out
	}
	out.Action = fmt.Sprintf("clip the gradients at norm %s, which one step in ten exceeds, as a guard against single steps", number(p90))
	from := ""
	if s := t.Series(nnvet.Key{Quantity: nnvet.ClipMax}); s.Len() > 0 {
		_, v := s.Last()
		from = number(v)
	}
	out.Settings = []nnvet.Setting{{Name: "clip", From: from, To: number(p90)}}
	return out
}

// norms returns the norms of the whole gradient: those before clipping, or at
// the steps at which every parameter was looked at.
func norms(t *nnvet.Trace) []float64 {
	if s := t.Series(nnvet.Key{Quantity: nnvet.ClipNorm}); s.Len() > 0 {
		return s.Values
	}
	squares, seen, params := make(map[int64]float64), make(map[int64]int), 0
	for s := range t.All(nnvet.GradNorm) {
		params++
		for i, v := range s.Values {
			squares[s.Steps[i]] += v * v
			seen[s.Steps[i]]++
		}
	}
	var out []float64
	for step, sum := range squares { // sorted by whoever takes a quantile
		if seen[step] == params {
			out = append(out, math.Sqrt(sum))
		}
	}
	return out
}
