package gradients

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed zero_gradient_operation.md
var zeroGradientDoc string

// ZeroGradient finds operations that no gradient passes on the way from
// weights to the loss.
var ZeroGradient = nnvet.Check{
	ID:       "NN0806",
	Name:     "zero-gradient-operation",
	Pitfall:  nnvet.Gradients,
	Doc:      zeroGradientDoc,
	Severity: nnvet.Error,
	Needs: []nnvet.Need{nnvet.NeedParams, {What: "graph of the loss, nor shares at bounds", Has: func(t *nnvet.Trace) bool {
		return len(t.Graph) > 0 || nnvet.NeedSeries(nnvet.AtBound, "").Has(t)
	}}},
	Limits: []nnvet.Limit{
		{Name: "bound", Default: 0.5, Source: "convention: from half of the outputs on, most of the gradient is cut off"},
		{Name: "nearly", Default: 0.9, Source: "convention: where nine in ten outputs stand at a bound, the layer is a switch, and what the run learned it learned beside it"},
		{Name: "all", Default: 0.99, Source: "nothing passes a clamp all of whose outputs are at a bound; 1 in 100 is left for chance"},
		nnvet.HealthySkill,
	},
	Explains: []string{"NN0807", "NN0602", "NN0801", "NN0803", "NN0201"},
	Run:      zeroGradient,
}

func zeroGradient(p *nnvet.Pass) {
	steps := cutByStep(p.Trace)
	for _, s := range steps {
		reportStep(p, s, len(steps))
	}
	reportBounds(p)
	if len(steps) == 0 {
		reportDetached(p)
	}
}

// steps are the operations whose gradient is zero wherever it exists, under
// the names that graphs have for them.
var steps = []string{"round", "floor", "ceil", "trunc", "sign", "sgn", "heaviside", "floor_divide", "argmax", "argmin", "one_hot", "gt", "lt", "ge", "le", "eq"}

// A cut is an operation with the parameters that reach the loss through such
// operations alone.
type cut struct {
	op     string
	params []string
}

// cutByStep returns, for each kind of such operation, the parameters that it
// cuts off, as far as their recorded gradients do not say otherwise.
func cutByStep(t *nnvet.Trace) []cut {
	if len(t.Graph) == 0 {
		return nil
	}
	open := reach(t.Graph, func(op string) bool { return slices.Contains(steps, op) })
	var out []cut
	for _, op := range steps {
		var off []string
		for i, n := range t.Graph {
			if n.Kind != op {
				continue
			}
			for j := range reachFrom(t.Graph, i) {
				if q := t.Graph[j].Param; q != "" && !open[j] && !moves(t, q) && !slices.Contains(off, q) {
					off = append(off, q)
				}
			}
		}
		if len(off) > 0 {
			slices.SortFunc(off, func(a, b string) int { return order(t, a) - order(t, b) })
			out = append(out, cut{op, off})
		}
	}
	return out
}

// order returns the place of a parameter in the network.
func order(t *nnvet.Trace, name string) int {
	return slices.IndexFunc(t.Params, func(q nnvet.Param) bool { return q.Name == name })
}

// moves reports whether a parameter was seen to get a gradient.
func moves(t *nnvet.Trace, param string) bool {
	s := t.Series(nnvet.Key{Quantity: nnvet.GradNorm, Site: param})
	return s.Len() > 0 && slices.ContainsFunc(s.Values, func(v float64) bool { return v != 0 })
}

// reach returns the nodes that the loss reaches without passing a blocked one.
func reach(g []nnvet.Node, blocked func(op string) bool) map[int]bool {
	seen := map[int]bool{0: true}
	queue := []int{0}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		if blocked(g[i].Kind) {
			continue
		}
		for _, j := range g[i].Inputs {
			if !seen[j] {
				seen[j] = true
				queue = append(queue, j)
			}
		}
	}
	return seen
}

// reachFrom returns the nodes that a node is computed from.
func reachFrom(g []nnvet.Node, from int) map[int]bool {
	seen := map[int]bool{from: true}
	queue := []int{from}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, j := range g[i].Inputs {
			if !seen[j] {
				seen[j] = true
				queue = append(queue, j)
			}
		}
	}
	return seen
}

func reportStep(p *nnvet.Pass, c cut, kinds int) {
	t := p.Trace
	learnable := 0
	for _, q := range t.Params {
		if q.Trainable {
			learnable++
		}
	}
	where := operationAt(t, c.op)
	f := nnvet.Finding{
		Confidence: 0.95,
		Site:       ownerOf(t, c.params[0]),
		Source:     where,
		Label:      "no gradient passes " + c.op,
		Span:       nnvet.Span{To: max(t.Run.Steps-1, 0)},
		Brief:      c.op,
		Message: fmt.Sprintf("no gradient passes the operation %s: %d of %d parameters reach the loss only through it, %s, and never learn",
			c.op, len(c.params), learnable, list(c.params)),
		Evidence: []nnvet.Evidence{{What: "parameters that reach the loss only through " + c.op, Saw: float64(len(c.params))}},
	}
	if kinds > 1 {
		f.Confidence = 0.9
	}
	if course, ok, err := suffers(p); err == nil && !ok { // what is behind the operation learns by itself
		f.Severity = nnvet.Warning
		f.Message += "; what comes behind has learned without them"
		f.Evidence = append(f.Evidence, course.Evidence(""))
	}
	f.Treatments = []nnvet.Treatment{
		{
			Action: t.Say(nnvet.Words{
				Program: fmt.Sprintf("take %s out of the way to the loss and apply it only to predictions that are shown", c.op),
				File:    fmt.Sprintf("take %s out of the network: predictions can be rounded when they are shown", c.op),
			}),
			Settings: []nnvet.Setting{{Name: "operation", Site: c.op, From: "in the network", To: "none"}},
			Edits:    takeOut(t, where),
		},
	}
	if !t.OfFile() {
		f.Treatments = append(f.Treatments, nnvet.Treatment{
			Action: fmt.Sprintf("if it is needed in training, let the gradient go straight through: y = x + (torch.%s(x) - x).detach()", c.op)})
	}
	p.Report(f)
}

// operationAt returns where an operation is called, if that is certain: the
// layer of that kind, or the only call of that name.
func operationAt(t *nnvet.Trace, op string) nnvet.Location {
	for i := range t.Layers {
		if l := &t.Layers[i]; strings.EqualFold(l.Kind, op) && l.Source.Known() {
			return l.Source
		}
	}
	if c := only(t, func(c *nnvet.Call) bool { return c.Func == op || c.Func == op+"_" }); c != nil {
		return c.Source
	}
	return nnvet.Location{}
}

// only returns the only call of a kind, or nil.
func only(t *nnvet.Trace, is func(*nnvet.Call) bool) *nnvet.Call {
	var found *nnvet.Call
	for i := range t.Calls {
		if c := &t.Calls[i]; is(c) {
			if found != nil {
				return nil
			}
			found = c
		}
	}
	return found
}

// takeOut returns the edit that takes a layer out of an experiment file.
func takeOut(t *nnvet.Trace, at nnvet.Location) []nnvet.Edit {
	if c := t.CallAt(at); t.OfFile() && c != nil && c.Cut.Known() {
		return []nnvet.Edit{{At: c.Cut}}
	}
	return nil
}

// ownerOf returns the layer of a parameter, or its own name.
func ownerOf(t *nnvet.Trace, param string) string {
	if q := t.Param(param); q != nil && q.Layer != "" {
		return q.Layer
	}
	return param
}

// reportBounds reports clamps most of whose outputs are at a bound. The lower
// bound of a ReLU6, and of the gates made of it, is that of any ReLU.
func reportBounds(p *nnvet.Pass) {
	t := p.Trace
	for s := range t.All(nnvet.AtBound) {
		l := t.Layer(s.Key.Site)
		if s.Len() == 0 || l == nil || l.Kind == "ReLU6" || strings.HasPrefix(l.Kind, "Hardswish") || strings.HasPrefix(l.Kind, "Hardsigmoid") {
			continue
		}
		step, share := s.Last()
		if n := s.Len(); n > 1 {
			share = min(share, s.Values[n-2])
		}
		if !(share > p.Limit("bound") && share <= 1) {
			continue
		}
		c, ok, err := suffers(p)
		if err != nil {
			p.Skip("%.0f %% of the outputs of layer %s are at a bound, but %v", 100*share, l.Name, err)
			continue
		}
		if !ok && share < p.Limit("nearly") {
			continue
		}
		f := nnvet.Finding{
			Severity:   nnvet.Warning,
			Confidence: 0.7,
			Site:       l.Name,
			Source:     l.Source,
			Label:      fmt.Sprintf("%.0f %% of its outputs are at a bound", 100*share),
			Span:       nnvet.Span{From: s.Steps[0], To: step},
			Brief:      fmt.Sprintf("bound %.0f%%", 100*share),
			Message: fmt.Sprintf("no gradient passes a clamp where it clamps: %.0f %% of the outputs of layer %s (%s) are exactly at a bound; %s",
				100*share, l.Name, l.Kind, c.Ended()),
			Evidence: []nnvet.Evidence{{What: "outputs at a bound", Saw: share, Key: s.Key, Limit: "bound"}, c.Evidence("skill")},
			Treatments: []nnvet.Treatment{{
				Action: t.Say(nnvet.Words{
					Program: fmt.Sprintf("take layer %s out, and clamp only predictions that are shown; or bound what it gets smoothly: torch.tanh", l.Name),
					File:    fmt.Sprintf("take layer %s out, or put tanh in its place", l.Name),
				}),
				Settings: []nnvet.Setting{{Name: "layer", Site: l.Name, From: l.Kind, To: "none"}},
				Edits:    takeOut(t, l.Source),
			}},
		}
		if share >= p.Limit("all") {
			f.Severity, f.Confidence, f.Evidence[0].Limit = nnvet.Error, 0.9, "all"
		}
		p.Report(f)
	}
}

// severing are the calls that leave a tensor's gradient behind.
var severing = []string{"detach", "detach_", "argmax", "round", "floor", "ceil", "sign", "item", "tolist", "numpy", "no_grad", "inference_mode", "tensor", "as_tensor", "from_numpy"}

// reportDetached reports parameters in an optimizer that no gradient reaches,
// where one call in the network's forward, and only one, leaves gradients behind.
func reportDetached(p *nnvet.Pass) {
	t := p.Trace
	var starved []string
	for _, e := range t.Events {
		if e.Kind == nnvet.NoGradient && t.Param(e.Site) != nil && ran(t, t.Param(e.Site).Layer) {
			starved = append(starved, e.Site)
		}
	}
	if len(starved) == 0 {
		return
	}
	c := only(t, func(c *nnvet.Call) bool {
		return slices.Contains(severing, c.Func) && (c.In == "forward" || strings.HasSuffix(c.In, ".forward"))
	})
	if c == nil { // parameter-never-learns says what there is to say
		return
	}
	f := nnvet.Finding{
		Confidence: 0.75,
		Site:       ownerOf(t, starved[0]),
		Source:     c.Source,
		Label:      "leaves the gradient behind",
		Span:       nnvet.Span{To: max(t.Run.Steps-1, 0)},
		Brief:      c.Func,
		Message:    fmt.Sprintf("the gradient ends at %s in %s: %d parameters before it get none, %s", c.Func, c.In, len(starved), list(starved)),
		Evidence:   []nnvet.Evidence{{What: "parameters in the optimizer that never got a gradient", Saw: float64(len(starved))}},
		Treatments: []nnvet.Treatment{{
			Action:   fmt.Sprintf("take %s out of %s, or use it on a copy that only measures; torch.no_grad() belongs around evaluation alone", c.Func, c.In),
			Settings: []nnvet.Setting{{Name: "operation", Site: c.Func, From: "in " + c.In, To: "none"}},
		}},
	}
	if course, ok, err := suffers(p); err == nil && !ok { // the others do without them
		f.Severity = nnvet.Warning
		f.Evidence = append(f.Evidence, course.Evidence(""))
	}
	p.Report(f)
}
