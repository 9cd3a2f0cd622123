package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
)

// A Sweep is what `nnvet sweep` came to: a training at values of one knob.
type Sweep struct {
	Of        string // what was trained: "run swift-otter", "digits.yaml"
	Command   []string
	Knob      string // "lr", "batch", "width", "depth", "dropout", "decay", "data"
	Scale     string // that scores are on
	Split     string
	Seeds     int
	Points    []SweepPoint // ascending within a series
	Notes     []string
	Short     string // why it ended early
	Trainings int
	Spent     time.Duration
}

// A SweepPoint is one value.
type SweepPoint struct {
	Series              string // values compare within one; "" where there is only one
	Value               float64
	Label               string
	Scores, Losses      []float64 // a seed each
	Blown               int       // of the trainings
	Rate                float64   // learning rate that was chosen for it; 0 for the one in use
	Refused             string    // why it was not tried
	Yours, Best, AsGood bool
}

// swept says what a knob is in a sentence.
var swept = map[string]string{
	"lr": "learning rate", "batch": "batch", "width": "width", "depth": "number of hidden layers", "dropout": "dropout", "decay": "weight decay", "data": "share of the training rows",
}

// learnedLittle is the score below which nothing was learned.
const learnedLittle = 0.02

// Sweeps writes a sweep as text. Its first line is the answer.
func Sweeps(w io.Writer, s *Sweep, style Style) error {
	p := newPage(style)
	p.wrap(2, span{bold, "nnvet: " + s.answer()})
	seeds := count(s.Seeds, "seed") + " each"
	p.wrap(2, span{plain, fmt.Sprintf("%s  %s, %s in %s  scores: %s", s.Of, count(s.Trainings, "training"), seeds, spent(s.Spent), meaning(s.Scale, s.Split))})
	if s.Short != "" {
		p.wrap(2, span{plain, "not all of it: " + s.Short})
	}
	p.blank()
	series := ""
	for i := range s.Points {
		if x := &s.Points[i]; i == 0 || x.Series != series {
			if i > 0 {
				p.blank()
			}
			series = x.Series
			p.sweepHead(s, series)
		}
		p.point(s, &s.Points[i])
	}
	if len(s.Notes) > 0 {
		p.blank()
	}
	for _, n := range s.Notes {
		p.wrap(2, span{dim, n})
	}
	return p.flush(w)
}

// answer is the first line.
func (s *Sweep) answer() string {
	if s.Knob == "data" {
		return s.rows()
	}
	first, last := s.Points[0].Series, s.Points[len(s.Points)-1].Series
	answer, other := s.of(first), s.of(last)
	switch {
	case first == last:
		return answer
	case answer == other:
		return fmt.Sprintf("at %s and at %s alike %s", first, last, answer)
	}
	return fmt.Sprintf("at %s %s; at %s %s", first, answer, last, other)
}

// of answers by one series.
func (s *Sweep) of(series string) string {
	var all, good []*SweepPoint
	var best, yours *SweepPoint
	for i := range s.Points {
		x := &s.Points[i]
		if x.Series != series || len(x.Scores) == 0 {
			continue
		}
		all = append(all, x)
		if x.AsGood {
			good = append(good, x)
		}
		if x.Best {
			best = x
		}
		if x.Yours {
			yours = x
		}
	}
	name := swept[s.Knob]
	switch {
	case len(all) == 0:
		return "nothing could be tried"
	case best == nil || mean(best.Scores) < learnedLittle && s.Scale != "metric":
		return fmt.Sprintf("no %s from %s to %s learns anything: the fault is elsewhere", name, all[0].Label, all[len(all)-1].Label)
	case yours != nil && len(good) == len(all) && len(all) > 2 && saves(s.Knob, best, yours) == "":
		return fmt.Sprintf("no %s from %s to %s makes a difference that counts: your %s is as good as any", name, all[0].Label, all[len(all)-1].Label, yours.Label)
	case yours != nil && (yours.AsGood || yours == best):
		if len(good) == 1 {
			return fmt.Sprintf("your %s of %s is the best that was tried%s", name, yours.Label, s.edge(yours, all))
		}
		return fmt.Sprintf("your %s of %s is as good as any that was tried%s", name, yours.Label, saves(s.Knob, best, yours))
	}
	what := fmt.Sprintf("the best %s is about %s", name, best.Label)
	if s.Knob == "width" || s.Knob == "depth" {
		what = fmt.Sprintf("the smallest %s that is as good as the best is %s", name, best.Label)
	}
	what += s.edge(best, all)
	if yours == nil {
		return what
	}
	if 2*yours.Blown > len(yours.Scores) {
		return what + fmt.Sprintf(" (yours %s: blown up)", yours.Label)
	}
	return what + fmt.Sprintf(" (it scores %s, yours %s %s)", score(mean(best.Scores)), yours.Label, score(mean(yours.Scores)))
}

// edge says that a value is the last on its side of those that were tried, so
// that a better one may lie beyond; "" where none can lie there.
func (s *Sweep) edge(x *SweepPoint, all []*SweepPoint) string {
	least := map[string]float64{"batch": 1, "width": 1, "depth": 1}[s.Knob] // of the others 0, which no learning rate is
	if x == all[0] && x.Value > least || x == all[len(all)-1] {
		return ", at the edge of what was tried"
	}
	return ""
}

// saves says that a cheaper value does as well as yours.
func saves(knob string, best, yours *SweepPoint) string {
	if best != yours && (knob == "width" || knob == "depth") && best.Value < yours.Value {
		return fmt.Sprintf("; %s does as well, and costs less", best.Label)
	}
	if best != yours && knob == "batch" && best.Value > yours.Value {
		return fmt.Sprintf("; %s does as well in fewer steps", best.Label)
	}
	return ""
}

// rows answers whether more rows would help: whether the last of those that there
// are still did.
func (s *Sweep) rows() string {
	var all []*SweepPoint
	for i := range s.Points {
		if x := &s.Points[i]; len(x.Scores) > 0 {
			all = append(all, x)
		}
	}
	if len(all) < 2 {
		return "nothing could be tried"
	}
	few, most := all[len(all)-2], all[len(all)-1]
	gain := mean(most.Scores) - mean(few.Scores)
	switch scores := fmt.Sprintf("%s of them score %s, all %s", few.Label, score(mean(few.Scores)), score(mean(most.Scores))); {
	case gain > learnedLittle && gain > spreadOf(few.Scores)+spreadOf(most.Scores):
		return "more rows would help: " + scores
	case gain > learnedLittle:
		return "more rows may help, but seeds differ by as much: " + scores
	default:
		return "rows are not what is missing: " + scores
	}
}

// spreadOf returns the standard error of a mean; 0 of a single value.
func spreadOf(xs []float64) float64 {
	if len(xs) < 2 {
		return 0
	}
	m, sum := mean(xs), 0.0
	for _, x := range xs {
		sum += (x - m) * (x - m)
	}
	return math.Sqrt(sum / float64(len(xs)-1) / float64(len(xs)))
}

// labels is the width of the column of values.
func (s *Sweep) labels() int {
	n := width(s.Knob)
	for _, x := range s.Points {
		n = max(n, width(clean(x.Label)))
	}
	return min(n, 12)
}

// span of scores that are drawn: those of trainings that did not blow up.
func (s *Sweep) ends() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range s.Points {
		if 2*x.Blown <= len(x.Scores) {
			for _, v := range x.Scores {
				if finite(v) {
					lo, hi = min(lo, v), max(hi, v)
				}
			}
		}
	}
	if lo > hi {
		return 0, 1
	}
	const least = 0.1 // so that a difference that is none does not fill the line
	if room := least - (hi - lo); room > 0 {
		lo, hi = lo-room/2, hi+room/2
	}
	return lo, hi
}

// rest is the room for what stands beside a drawing.
const rest = 45

// narrowest is the least width of a drawing.
const narrowest = 8

func (p *page) plot(s *Sweep) int { return min(40, p.width-s.labels()-rest) }

// sweepHead says what the columns are.
func (p *page) sweepHead(s *Sweep, series string) {
	if series != "" {
		p.line(span{plain, "at " + series})
	}
	if p.style.Linear || p.plot(s) < narrowest {
		return
	}
	lo, hi := s.ends()
	ends := score(lo) + spaces(max(1, p.plot(s)-len(score(lo))-len(score(hi)))) + score(hi)
	p.line(span{dim, fmt.Sprintf("  %*s  %s  score  loss", s.labels(), p.cut(s.Knob, s.labels()), ends)})
}

// point writes one value: where its scores lie, their mean, and what it is.
func (p *page) point(s *Sweep, x *SweepPoint) {
	label := p.cut(x.Label, s.labels())
	var marks []string
	if x.Yours {
		marks = append(marks, "yours")
	}
	if x.Best {
		marks = append(marks, "best")
	} else if x.AsGood {
		marks = append(marks, "as good")
	}
	if x.Rate > 0 {
		marks = append(marks, "lr "+num(x.Rate))
	}
	mark := strings.Join(marks, ", ")
	r := plain
	switch {
	case x.Best:
		r = good
	case x.Yours:
		r = bold
	}
	if x.Refused != "" && len(x.Scores) == 0 {
		p.wrap(s.labels()+4, span{dim, fmt.Sprintf("  %*s  not tried: %s", s.labels(), label, x.Refused)})
		return
	}
	blown := 2*x.Blown > len(x.Scores)
	if p.style.Linear || p.plot(s) < narrowest {
		text := fmt.Sprintf("  %s %s: score %s, loss %s", s.Knob, label, score(mean(x.Scores)), num(mean(x.Losses)))
		if blown {
			text = fmt.Sprintf("  %s %s: blown up", s.Knob, label)
		}
		if mark != "" {
			text += ", " + mark
		}
		p.wrap(4, span{r, text})
		return
	}
	if blown {
		cross := "✗" + spaces(p.plot(s)-1)
		p.line(span{severityRole(nnvet.Error), fmt.Sprintf("  %*s  %s  blown up", s.labels(), label, cross)}, span{r, "  " + mark})
		return
	}
	lo, hi := s.ends()
	p.line(span{r, fmt.Sprintf("  %*s  %s  %5s  %-6s  %s", s.labels(), label, dots(x.Scores, lo, hi, p.plot(s)), score(mean(x.Scores)), num(mean(x.Losses)), mark)})
}

// dots draws scores on a line: ● their mean, ┊ the least and the greatest.
func dots(scores []float64, lo, hi float64, n int) string {
	out := slices.Repeat([]rune{'·'}, n)
	at := func(v float64) int {
		return int(math.Round(min(max(zeroNaN((v-lo)/(hi-lo)), 0), 1) * float64(n-1)))
	}
	for _, v := range scores {
		out[at(v)] = '┊'
	}
	out[at(mean(scores))] = '●'
	return string(out)
}
