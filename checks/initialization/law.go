package initialization

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

// A law is a rule for the size of weights that start at random.
type law struct {
	nnvet.Words // how to ask for it
	std         func(s *nnvet.Stage) float64
	root        func(s *nnvet.Stage) string // the same as it is written: "sqrt(2/64)"
}

// name returns what a setting calls the law: "he".
func (l law) name() string {
	name, _, _ := strings.Cut(l.File, "_")
	return name
}

// The laws of initialization that activations ask for.
var (
	he = law{
		nnvet.Words{Program: `nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")`, File: "he_normal"},
		func(s *nnvet.Stage) float64 { return math.Sqrt(2 / float64(s.FanIn)) },
		func(s *nnvet.Stage) string { return fmt.Sprintf("sqrt(2/%d)", s.FanIn) },
	}
	lecun = law{
		nnvet.Words{Program: `nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")`, File: "lecun_normal"},
		func(s *nnvet.Stage) float64 { return math.Sqrt(1 / float64(s.FanIn)) },
		func(s *nnvet.Stage) string { return fmt.Sprintf("sqrt(1/%d)", s.FanIn) },
	}
	xavier = law{
		nnvet.Words{Program: "nn.init.xavier_normal_(layer.weight)", File: "xavier_normal"},
		func(s *nnvet.Stage) float64 { return math.Sqrt(2 / float64(s.FanIn+s.FanOut)) },
		func(s *nnvet.Stage) string { return fmt.Sprintf("sqrt(2/(%d+%d))", s.FanIn, s.FanOut) },
	}
)

// called is what activations are called in sentences, by operation.
var called = map[string]string{
	"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU", "softplus": "Softplus", "hardtanh": "Hardtanh",
	"tanh": "Tanh", "sigmoid": "Sigmoid", "softmax": "Softmax", "log_softmax": "LogSoftmax",
}

// suits returns the law that suits what follows a stage, and what that is.
// Where nothing that follows was seen, a ReLU is likeliest.
func suits(t *nnvet.Trace, s *nnvet.Stage) (l law, why string) {
	if s.Last && s.Activation != "tanh" { // a softmax behind it may well be the loss's own
		return lecun, "a last layer"
	}
	switch op := s.Activation; op {
	case "tanh", "sigmoid", "softmax", "log_softmax":
		return xavier, called[op]
	case "elu":
		if slices.ContainsFunc(t.Layers, func(l nnvet.Layer) bool { return l.Kind == "SELU" }) {
			return lecun, "SELU"
		}
		return he, "ELU"
	default:
		if name, ok := called[op]; ok {
			return he, name
		}
		return he, "ReLU"
	}
}

// A beginning is a stage with the size at which its weights begin.
type beginning struct {
	nnvet.Stage
	rms float64 // root mean square at step 0
	key nnvet.Key
}

// beginnings returns the stages whose weights at step 0 are known, in order. Zero
// weights are left out: they follow no law, and are no accident.
func beginnings(t *nnvet.Trace) []beginning {
	var out []beginning
	for _, s := range t.Stages() {
		k := nnvet.Key{Quantity: nnvet.WeightStd, Site: s.Weight.Name}
		rms := math.Hypot(first(t, k), first(t, nnvet.Key{Quantity: nnvet.WeightMean, Site: s.Weight.Name}))
		if rms > 0 && stat.Finite(rms) {
			out = append(out, beginning{s, rms, k})
		}
	}
	return out
}

// first returns the value of step 0, NaN where it was not recorded by itself.
func first(t *nnvet.Trace, k nnvet.Key) float64 {
	if s := t.Series(k); s.Len() > 0 && s.Steps[0] == 0 && s.Every <= 1 {
		return s.Values[0]
	}
	return math.NaN()
}

// restart returns the treatment that starts layers by the laws that suit them,
// with the size that this makes of the first of them.
func restart(t *nnvet.Trace, off []beginning) nnvet.Treatment {
	s := &off[0]
	l, why := suits(t, &s.Stage)
	file := fmt.Sprintf("start the weights of layer %s by %s, which suits %s: init: %s; of %d inputs that is std %s = %s, in the place of %s",
		s.Layer.Name, l.File, why, l.File, s.FanIn, l.root(&s.Stage), figure(l.std(&s.Stage)), figure(s.rms))
	program := fmt.Sprintf("start the weights of layer %s by the law that suits %s, std %s = %s, in the place of %s: %s",
		s.Layer.Name, why, l.root(&s.Stage), figure(l.std(&s.Stage)), figure(s.rms), l.Program)
	if len(off) > 1 {
		more := "; likewise of " + layerNames(off[1:])
		file, program = file+more, program+more
	}
	out := nnvet.Treatment{Action: t.Say(nnvet.Words{Program: program, File: file}), Edits: lawful(t, off)}
	for _, s := range off {
		l, _ := suits(t, &s.Stage)
		out.Settings = append(out.Settings, nnvet.Setting{Name: "weight init", Site: s.Layer.Name, From: "std " + figure(s.rms), To: t.Say(nnvet.Words{Program: "std " + figure(l.std(&s.Stage)), File: l.name()})})
	}
	return out
}

// lawful returns the edits that start layers by their laws: the inits of an
// experiment file, or the spread in a program's only call that draws weights,
// where one spread suits all. It returns none where a place is not certain.
func lawful(t *nnvet.Trace, off []beginning) []nnvet.Edit {
	if !t.OfFile() {
		return spread(t, off)
	}
	var edits []nnvet.Edit
	for _, s := range off {
		init, ok := t.CallAt(s.Layer.Source).Arg("init")
		if !ok {
			return nil
		}
		l, _ := suits(t, &s.Stage)
		if !slices.ContainsFunc(edits, func(e nnvet.Edit) bool { return e.At == init.Source }) {
			edits = append(edits, nnvet.Edit{At: init.Source, New: l.File})
		}
	}
	return edits
}

// spread returns the edit of the standard deviation in the only call of
// normal_ on weights.
func spread(t *nnvet.Trace, off []beginning) []nnvet.Edit {
	l, _ := suits(t, &off[0].Stage)
	to := l.std(&off[0].Stage)
	for _, s := range off[1:] {
		if l, _ := suits(t, &s.Stage); math.Abs(math.Log(l.std(&s.Stage)/to)) > math.Log(1.5) {
			return nil
		}
	}
	c := onlyCall(t, "weight", "normal_")
	std, ok := c.Arg("std")
	if !ok || std.Source.Col == 0 {
		return nil
	}
	return []nnvet.Edit{{At: std.Source, New: figure(to)}}
}

// onlyCall returns the only call of those names whose first argument ends so,
// or nil. Where there are several, which of them counts is not certain.
func onlyCall(t *nnvet.Trace, on string, names ...string) *nnvet.Call {
	var found *nnvet.Call
	for i := range t.Calls {
		c := &t.Calls[i]
		if !slices.Contains(names, c.Func) || len(c.Args) == 0 || !strings.HasSuffix(c.Args[0].Text, on) {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

// layerNames names layers as in a sentence, at most three.
func layerNames(all []beginning) string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Layer.Name
	}
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n <= 3:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return fmt.Sprintf("%s, %s and %d more", names[0], names[1], n-2)
	}
}
