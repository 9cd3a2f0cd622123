package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A Sweep is what a training came to at values of one knob.
type Sweep struct {
	Knob      string        `json:"knob"` // one of SweepKnobs
	Scale     Scale         `json:"scale"`
	Split     string        `json:"split"`
	Seeds     int           `json:"seeds"` // at every value
	Points    []Point       `json:"points"`
	Notes     []string      `json:"notes,omitempty"` // how it was done, a sentence each
	Short     string        `json:"short,omitempty"` // why it ended early
	Trainings int           `json:"trainings"`
	Spent     time.Duration `json:"spent_ns"`
}

// A Point is one value.
type Point struct {
	Series  string   `json:"series,omitempty"` // "equal epochs", "equal updates": values compare within one
	Value   Figure   `json:"value"`
	Label   string   `json:"label"` // the value as a person writes it, with what it means here
	Scores  []Figure `json:"scores"`
	Losses  []Figure `json:"losses"`            // at the end
	Blown   int      `json:"blown"`             // of the trainings: not finite, or worse than a constant and than at their start
	Rate    Figure   `json:"lr,omitempty"`      // that was chosen for it, where it was raced
	Refused string   `json:"refused,omitempty"` // why it could not be tried
	Yours   bool     `json:"yours"`
	Best    bool     `json:"best"`
	AsGood  bool     `json:"as_good"` // as the highest mean, to a standard error or to what counts as an effect

	variant Variant
}

// SweepOptions say how a sweep is done; what is zero is chosen.
type SweepOptions struct {
	Seeds  int       // 1 to 3
	Values []float64 // to be tried, in the place of those about the one in use
}

// SweepKnobs are what can be swept.
var SweepKnobs = []string{"lr", "batch", "width", "depth", "dropout", "decay", "data"}

// Sweep trains the subject at values of a knob around the one in use. Values of
// width, depth and batch are each at their own best of three learning rates. What the
// time allowed is in the sweep when it was up.
func (p *Prover) Sweep(ctx context.Context, knob string, o SweepOptions) (*Sweep, error) {
	if o.Seeds == 0 {
		o.Seeds = 3
	}
	known := p.journal.Known()
	t, err := p.begin(ctx, nil, o.Seeds)
	if err != nil {
		return nil, err
	}
	s := &Sweep{Knob: knob, Seeds: o.Seeds, Scale: p.yard.Scale, Split: p.yard.Split}
	if up := p.upstream(t); up != "" {
		if !p.Force && (knob == "width" || knob == "depth") {
			return nil, &TooEarly{Knob: knob, Found: up}
		}
		s.Notes = append(s.Notes, up+" is found in the training as it is: mend that first (nnvet prove), as the best value may be another then")
	}
	l := &laboratory{Prover: p, ctx: ctx, t: t, check: &nnvet.Check{Name: "the sweep of " + knob}}
	if err := l.points(s, o.Values); err != nil {
		return nil, err
	}
	for range furthest {
		err = l.sweep(s, upTo(firstRaced, int64(o.Seeds)))
		l.choose(s)
		if err != nil || len(o.Values) > 0 || !l.further(s) {
			break
		}
	}
	if errors.Is(err, errBudget) {
		s.Short, err = fmt.Sprintf("the time of %s was up", p.Budget), nil
	}
	s.Trainings, s.Spent = p.journal.Known()-known, p.clock().Sub(p.began)
	return s, err
}

// SweepTrainings returns how many trainings a sweep takes where its values are so
// many, 0 for those that it chooses itself, and how many where the best lies at the
// edge each time; file is whether it is of an experiment file.
func SweepTrainings(knob string, values, seeds int, file bool) (usual, most int) {
	points := map[string]int{
		"lr": len(rateFactors), "batch": len(batchFactors), "width": len(widthFactors), "depth": len(depthsOf(0)) + 1,
		"dropout": len(usualDropout) + 1, "decay": len(usualDecay) + 1, "data": len(usualShares),
	}[knob]
	if values > 0 {
		points = values + 1 // yours
	}
	if knob == "batch" && file {
		points *= 2 // at equal epochs, and at equal updates
	}
	each := seeds
	if slices.Contains(tuned, knob) {
		each += len(sweepRates) - 1 // the one that wins has its first seed
	}
	usual = points * each
	if most = usual; knob == "lr" && values == 0 {
		most += (furthest - 1) * len(beyond) * each
	}
	return usual, most
}

// TooEarly is why a sweep of depth or width was not made.
type TooEarly struct{ Knob, Found string }

func (e *TooEarly) Error() string {
	return fmt.Sprintf("%s comes last: %s is found in the training as it is, and a sweep on top of that tells nothing", e.Knob, e.Found)
}

// sweep trains all points that can be, seed after seed, so that where the time is
// up every point has as many as the others, or one less.
func (l *laboratory) sweep(s *Sweep, seeds []int64) error {
	if err := l.tune(s); err != nil {
		l.score(s, seeds)
		return err
	}
	var sides []*Point
	for i := range s.Points {
		if s.Points[i].Refused == "" {
			sides = append(sides, &s.Points[i])
		}
	}
	l.plan((len(sides) - 1) * len(seeds))
	var err error
	for _, seed := range seeds {
		var one []side
		for _, p := range sides {
			one = append(one, side{p.variant, []int64{seed}})
		}
		if _, err = l.train(l.ctx, "sweeping "+s.Knob, one); err != nil {
			break
		}
	}
	l.score(s, seeds)
	return err
}

// tuned are the knobs that move the best learning rate.
var tuned = []string{"batch", "width", "depth"}

// sweepRates are the learning rates that a point may have, as factors of the one
// in use.
var sweepRates = []float64{0.3, 1, 3}

// tune chooses a learning rate for every point where the knob moves the best one,
// on one seed.
func (l *laboratory) tune(s *Sweep) error {
	rate, ok := rateOf(l.t)
	e, file := l.subject.(Alterable)
	switch {
	case !slices.Contains(tuned, s.Knob):
		return nil
	case file && e.FindsRate(l.ctx, nil):
		s.Notes = append(s.Notes, "every training finds its own learning rate, as the file leaves it open")
		return nil
	case !ok:
		s.Notes = append(s.Notes, "all at one learning rate, which was not recorded: another one may suit another value")
		return nil
	}
	for i := range s.Points {
		p := &s.Points[i]
		if p.Refused != "" {
			continue
		}
		all := []candidate{{variant: p.variant}}
		rates := []float64{rate}
		for _, factor := range sweepRates {
			if d, ok := l.dose(l.ctx, p.variant, l.t, nnvet.Setting{Name: "lr", From: number(rate)}, rate*factor); ok && factor != 1 {
				all, rates = append(all, d), append(rates, rate*factor)
			}
		}
		if len(all) == 1 {
			s.Notes = append(s.Notes, "all at the learning rate "+number(rate)+", which cannot be changed here: another one may suit another value")
			return nil
		}
		best, err := l.fastest(all, "racing learning rates at "+p.Label)
		if err != nil {
			return err
		}
		p.variant, p.Rate = all[best].variant, Figure(stat.Signif(rates[best], 2))
	}
	s.Notes = append(s.Notes, fmt.Sprintf("each at the best of the learning rates %s, %s and %s on one seed", number(rate*0.3), number(rate), number(rate*3)))
	return nil
}

// fastest returns which candidate does best on the first seed; the first where
// none is ahead by an effect.
func (l *laboratory) fastest(all []candidate, doing string) (int, error) {
	l.plan(len(all))
	sides := make([]side, len(all))
	for i, c := range all {
		sides[i] = side{c.variant, upTo(firstRaced, 1)}
	}
	scores, err := l.train(l.ctx, doing, sides)
	if err != nil {
		return 0, err
	}
	best := 0
	for i := range all {
		if l.yard.Of(scores[i][0]) > l.yard.Of(scores[best][0])+map[bool]float64{true: MinEffect}[best == 0] {
			best = i
		}
	}
	return best, nil
}

// furthest is how often a sweep of learning rates is begun, with values further
// out where the best lies at the edge.
const furthest = 3

// beyond are the factors past an edge.
var beyond = []float64{3, 10, 30, 100}

// further adds two decades of learning rates where the best lies at the edge, so
// that it is the best of what lies on both sides; downwards where all blow up.
func (l *laboratory) further(s *Sweep) bool {
	if s.Knob != "lr" {
		return false
	}
	first, last, best := s.Points[0], s.Points[len(s.Points)-1], -1
	for i, p := range s.Points {
		if p.Best {
			best = i
		}
	}
	rate, _ := rateOf(l.t)
	add := func(v float64) Point {
		return l.one(v, rate, number(v), Alteration{settings: []nnvet.Setting{{Name: "lr", From: number(rate), To: number(v)}}})
	}
	var below, above []Point
	switch {
	case best == 0, best < 0 && first.Blown > 0:
		for _, factor := range slices.Backward(beyond) {
			below = append(below, add(float64(first.Value)/factor))
		}
	case best == len(s.Points)-1 && last.Blown == 0:
		for _, factor := range beyond {
			above = append(above, add(float64(last.Value)*factor))
		}
	default:
		return false
	}
	s.Points = slices.Concat(below, s.Points, above)
	for i := range s.Points {
		p := &s.Points[i]
		p.Scores, p.Losses, p.Blown, p.Best, p.AsGood = nil, nil, 0, false, false
	}
	return true
}

// score notes what the journal has of every point.
func (l *laboratory) score(s *Sweep, seeds []int64) {
	for i := range s.Points {
		p := &s.Points[i]
		for _, seed := range seeds {
			e := l.journal.find(key(p.variant), seed)
			if e == nil || p.Refused != "" {
				continue
			}
			p.Scores, p.Losses = append(p.Scores, Figure(l.yard.Of(e.Score))), append(p.Losses, Figure(e.Score.Loss))
			if e.Score.wentUp() {
				p.Blown++
			}
		}
		if len(p.Scores) == 0 && p.Refused == "" {
			p.Refused = "the time was up"
		}
	}
}

// wentUp reports whether a training blew up: its loss is not finite, or is worse
// than a constant's and than where it began.
func (s Score) wentUp() bool {
	return s.Blown || !(s.Skill >= 0) && s.Loss > s.First
}

// choose marks the points that are as good as the highest mean of their series,
// and the best: of these the one that costs least, or is safest.
func (l *laboratory) choose(s *Sweep) {
	var series []string
	for _, p := range s.Points {
		if !slices.Contains(series, p.Series) {
			series = append(series, p.Series)
		}
	}
	for _, name := range series {
		var those []*Point
		var scores [][]float64
		for i := range s.Points {
			p := &s.Points[i]
			if p.Series != name || p.Refused != "" || 2*p.Blown > len(p.Scores) {
				continue
			}
			those, scores = append(those, p), append(scores, plain(p.Scores))
		}
		good := asGood(scores)
		for _, i := range good {
			those[i].AsGood = true
		}
		if len(good) > 0 && s.Knob != "data" {
			those[preferred(s.Knob, good)].Best = true
		}
	}
}

// asGood returns the indices of scores that are as good as the highest mean,
// ascending: to a standard error, or to the least effect that counts.
func asGood(scores [][]float64) []int {
	out := stat.Survivors(scores, 1)
	if len(out) == 0 {
		return nil
	}
	top := stat.Mean(scores[out[0]])
	for i, s := range scores {
		if len(s) > 0 && stat.FirstBad(s) < 0 && top-stat.Mean(s) < MinEffect && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	// What is within a standard error only because it is unsteady itself is not as good.
	const far = 0.05
	out = slices.DeleteFunc(out, func(i int) bool { return top-stat.Mean(scores[i]) > far })
	slices.Sort(out)
	return out
}

// preferred returns which of the values that are as good is taken, of ascending
// ones: the middle learning rate, far from too slow and from unstable; the
// smallest width and depth, and the largest batch, which cost least; the
// strongest decay and dropout (Breiman and others, Classification and Regression
// Trees, 1984: the simplest within one standard error).
func preferred(knob string, good []int) int {
	switch knob {
	case "lr":
		return good[(len(good)-1)/2]
	case "width", "depth":
		return good[0]
	}
	return good[len(good)-1]
}
