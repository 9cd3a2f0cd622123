package gradients

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed not_finite.md
var notFiniteDoc string

// NotFinite finds the first NaN or infinity of a run.
var NotFinite = nnvet.Check{
	ID:       "NN0805",
	Name:     "not-finite",
	Pitfall:  nnvet.Gradients,
	Doc:      notFiniteDoc,
	Severity: nnvet.Error,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Explains: []string{"NN0904", "NN0201"},
	Run:      notFinite,
}

// A sighting is the first value of a series that is not finite, or the first
// count of such values above zero.
type sighting struct {
	key   nnvet.Key
	step  int64
	saw   float64
	what  string // "the loss", "gradient of fc1.weight"
	fatal bool   // it stayed: the last loss, or a weight
}

func notFinite(p *nnvet.Pass) {
	first, all := sightings(p.Trace)
	e := p.Trace.Event(nnvet.NonFinite)
	if first == nil && e == nil {
		return
	}
	f := nnvet.Finding{Severity: nnvet.Note}
	for _, s := range all {
		if s.fatal {
			f.Severity = nnvet.Error
		} else if s.key.Quantity == nnvet.Loss && f.Severity < nnvet.Warning {
			f.Severity = nnvet.Warning
		}
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: s.what, Saw: s.saw, Key: s.key})
	}
	origin := ""
	if first != nil {
		f.Span, f.Site, origin = nnvet.Span{From: first.step, To: first.step}, first.key.Site, first.what
	}
	if e != nil {
		f.Span, f.Site, f.Source = nnvet.Span{From: e.Step, To: e.Step}, e.Site, e.Source
		origin = originOf(e)
		if f.Evidence == nil {
			f.Evidence = []nnvet.Evidence{{What: "step of the first value that is not finite", Saw: float64(e.Step)}}
		}
	}
	if last := p.Trace.Run.Steps - 1; last > f.Span.To {
		f.Span.To = last
	}
	if !f.Source.Known() && f.Site != "" {
		f.Source = siteSource(p.Trace, f.Site)
	}
	if x := p.Trace.Profile(nnvet.Input, nnvet.Train); !f.Source.Known() && x != nil && e != nil && e.Text == "input" {
		f.Source = x.Source
	}
	f.Label = "not finite from here"
	f.Brief = fmt.Sprintf("step %d", f.Span.From)
	f.Message = fmt.Sprintf("the first value that is not finite is %s, at step %d", origin, f.Span.From)
	if loss := find(all, nnvet.Loss); loss != nil && loss.what == origin {
		f.Message = fmt.Sprintf("%s is %s at step %d, the first value that is not finite", loss.what, word(loss.saw), loss.step)
	} else if loss != nil {
		f.Message += fmt.Sprintf("; %s is %s at step %d", loss.what, word(loss.saw), loss.step)
	}
	f.Treatments = remedies(p.Trace, e, f.Severity)
	p.Report(f)
}

// sightings returns the first of each quantity, and the earliest of them all;
// within a step activations come before the loss, it before gradients, and
// those before weights.
func sightings(t *nnvet.Trace) (first *sighting, all []sighting) {
	for _, q := range []nnvet.Quantity{nnvet.ActBad, nnvet.Loss, nnvet.GradBad, nnvet.WeightBad} {
		var of *sighting
		for s := range t.All(q) {
			if g := sight(s); g != nil && (of == nil || g.step < of.step) {
				of = g
			}
		}
		if of != nil {
			all = append(all, *of)
		}
	}
	for i := range all {
		if first == nil || all[i].step < first.step {
			first = &all[i]
		}
	}
	return first, all
}

// sight looks for trouble in one series. Values of a loss are the trouble
// themselves; those of the others count it, and a NaN there is a count that is
// not known.
func sight(s *nnvet.Series) *sighting {
	g := sighting{key: s.Key}
	i := -1
	switch s.Key.Quantity {
	case nnvet.Loss:
		i = stat.FirstBad(s.Values)
		g.what = "the loss"
		if s.Key.Split == nnvet.Validation {
			g.what = "the validation loss"
		} else if _, last := lastOf(s); !stat.Finite(last) {
			g.fatal = true
		}
	default:
		for j, v := range s.Values {
			if v > 0 {
				i = j
				break
			}
		}
		kind := map[nnvet.Quantity]string{nnvet.ActBad: "an output of ", nnvet.GradBad: "the gradient of ", nnvet.WeightBad: "the parameter "}
		g.what = kind[s.Key.Quantity] + s.Key.Site
		g.fatal = s.Key.Quantity == nnvet.WeightBad
	}
	if i < 0 {
		return nil
	}
	g.step, g.saw = s.Steps[i], s.Values[i]
	return &g
}

func lastOf(s *nnvet.Series) (int64, float64) {
	if s.Len() == 0 {
		return 0, 0
	}
	return s.Last()
}

func find(all []sighting, q nnvet.Quantity) *sighting {
	for i := range all {
		if all[i].key.Quantity == q {
			return &all[i]
		}
	}
	return nil
}

// originOf says in words what a recorder found to be the first such value.
func originOf(e *nnvet.Event) string {
	op, isOp := strings.CutPrefix(e.Text, "operation ")
	switch of := " of " + e.Site; {
	case isOp && e.Site != "":
		return fmt.Sprintf("the gradient of %s, behind a %s", e.Site, op)
	case isOp:
		return fmt.Sprintf("the result of %s", op)
	case e.Text == "input":
		return "in the input"
	case e.Text == "target":
		return "in the target"
	case e.Site == "":
		return "the " + e.Text
	case e.Text == "update":
		return "the parameter " + e.Site + " after its update"
	default:
		return "the " + e.Text + of
	}
}

// siteSource returns where the layer of that name, or of that parameter, was made.
func siteSource(t *nnvet.Trace, site string) nnvet.Location {
	if par := t.Param(site); par != nil {
		site = par.Layer
	}
	return sourceOf(t, site)
}

// steep says what keeps an operation, and its gradient, finite.
var steep = map[string]string{
	"log":   "keep the argument of log above zero, torch.log(x.clamp(min=1e-8)), or use a loss that takes logits",
	"sqrt":  "add a little inside, torch.sqrt(x + 1e-8): the gradient of a square root is infinite at 0",
	"rsqrt": "add a little inside, torch.rsqrt(x + 1e-8): it is infinite at 0",
	"norm":  "write the norm as (x.square().sum(-1) + 1e-8).sqrt(): its gradient is NaN at 0",
	"div":   "keep the divisor away from zero: x / (y + 1e-8)",
	"pow":   "add a little inside, (x + 1e-8).pow(p): a power below 1 has an infinite gradient at 0",
	"exp":   "bound the argument, torch.exp(x.clamp(max=80)), or use torch.logsumexp",
	"acos":  "stay inside the range of acos: torch.acos(x.clamp(-1 + 1e-6, 1 - 1e-6))",
	"asin":  "stay inside the range of asin: torch.asin(x.clamp(-1 + 1e-6, 1 - 1e-6))",
	"atan2": "add 1e-8 to the second argument of atan2: its gradient is NaN at (0, 0)",
}

// remedies returns what to try, by where the first such value came from.
func remedies(t *nnvet.Trace, e *nnvet.Event, severity nnvet.Severity) []nnvet.Treatment {
	text := ""
	if e != nil {
		text = e.Text
	}
	op, isOp := strings.CutPrefix(text, "operation ")
	switch {
	case isOp && steep[op] != "":
		return append(together(t, op), nnvet.Treatment{Action: steep[op], Settings: []nnvet.Setting{apart(op, "1e-8")}})
	case text == "input":
		return []nnvet.Treatment{{Action: t.Say(nnvet.Words{
			Program: "find the rows that hold NaN and drop or fill them: assert torch.isfinite(x).all() where a batch is made",
			File:    "let data.transform standardize the columns that have missing values, which fills them in, or leave those out by data.exclude",
		})}}
	case text == "target":
		return []nnvet.Treatment{{Action: t.Say(nnvet.Words{
			Program: "find the targets that are NaN and drop their rows: assert torch.isfinite(y).all() where a batch is made",
			File:    "find the targets that are not finite, and drop their rows from the data",
		})}}
	}
	if t.OfFile() {
		return tame(t, e, severity)
	}
	anomaly := nnvet.Treatment{Action: "find the operation with torch.autograd.set_detect_anomaly(True)"}
	if severity < nnvet.Error { // training went on, so its steps are not the reason
		return []nnvet.Treatment{anomaly}
	}
	lower := lowerRate(t)
	if text == "gradient" {
		anomaly.Action += ": a square root, norm or power at 0"
		return []nnvet.Treatment{anomaly, lower}
	}
	return []nnvet.Treatment{lower, anomaly}
}

// apart is the setting that keeps an operation away from where it is infinite.
func apart(op, eps string) nnvet.Setting {
	return nnvet.Setting{Name: "operation", Site: op, From: "as it is", To: "eps " + eps}
}

// together returns what mends a likelihood that takes the logarithm of a
// variance and divides by it: one of the two alone leaves the other, and a
// variance that may become 1e-8 gives gradients of 1e8. 1e-3 of the square of a
// standardized target's unit is a spread of 3 % (convention).
func together(t *nnvet.Trace, op string) []nnvet.Treatment {
	has := func(name string) bool {
		return slices.ContainsFunc(t.Graph, func(n nnvet.Node) bool { return n.Kind == name })
	}
	if op != "log" && op != "div" || !has("log") || !has("div") {
		return nil
	}
	return []nnvet.Treatment{{
		Action:   "keep what is divided by, and what the logarithm is taken of, away from zero: add 1e-3 to both, or make it by a softplus and not by a relu",
		Settings: []nnvet.Setting{apart("log", "1e-3"), apart("div", "1e-3")},
	}}
}

// tame returns what keeps the numbers of an experiment finite. Its operations
// are safe ones, so that it is only ever their size.
func tame(t *nnvet.Trace, e *nnvet.Event, severity nnvet.Severity) []nnvet.Treatment {
	smaller := nnvet.Treatment{Action: "keep the numbers small: standardize every column, and leave init out of the layers, so that weights start at the size that suits them"}
	if severity < nnvet.Error || e != nil && e.Step == 0 { // no update has been made
		return []nnvet.Treatment{smaller}
	}
	return []nnvet.Treatment{lowerRate(t), smaller}
}

func word(v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	return "infinite"
}
