package experiment

import (
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

// A spelling is what PyTorch calls one of our layers, optimizers or keys, and
// its settings: traces use those names, whatever trained.
type spelling struct {
	call string
	args map[string]string // ours to PyTorch's; what is not here has the same name
}

// Optimizers share their names of settings.
var optimizerArgs = map[string]string{"decay": "weight_decay"}

// spellings holds what has settings that checks may want to edit. Other layers
// go by their own names.
var spellings = map[string]spelling{
	"adam": {"Adam", optimizerArgs}, "adamw": {"AdamW", optimizerArgs}, "sgd": {"SGD", optimizerArgs}, "rmsprop": {"RMSprop", optimizerArgs},
	"dense": {"Linear", map[string]string{"units": "out_features"}}, "dropout": {"Dropout", map[string]string{"rate": "p"}},
	"conv2d": {"Conv2d", map[string]string{"filters": "out_channels", "kernel": "kernel_size"}},
}

// Calls returns what the file configures as calls with the places of their
// arguments, in the order of the file, for a trace's source record. An edit of
// such a place is an edit of the file.
func (f *File) Calls() []nnvet.Call {
	var out []nnvet.Call
	for _, c := range f.calls {
		s, spelled := spellings[c.Func]
		switch {
		case c.Func == "clip" && c.In == "": // of gradients; the layer of that name is in the network
			out = append(out, clipCalls(c)...)
		case spelled:
			out = append(out, s.spell(c))
		case c.In == "network" || c.In == "loss" || c.Func == "split" && c.In == "":
			out = append(out, c)
		}
	}
	out = append(out, f.transformCalls()...)
	if at, ok := f.places["batch"]; ok && f.Batch != Auto {
		out = append(out, nnvet.Call{Func: "DataLoader", Source: at, Args: []nnvet.Arg{{Name: "batch_size", Text: f.textAt(at), Source: at}}})
	}
	slices.SortStableFunc(out, func(a, b nnvet.Call) int { return a.Source.Line - b.Source.Line })
	return out
}

func (s spelling) spell(c nnvet.Call) nnvet.Call {
	out := nnvet.Call{Func: s.call, Source: c.Source, Cut: c.Cut}
	for _, a := range c.Args {
		if name, ok := s.args[a.Name]; ok {
			a.Name = name
		}
		out.Args = append(out.Args, a)
	}
	return out
}

// clipCalls returns the calls that clip by norm and by value.
func clipCalls(c nnvet.Call) []nnvet.Call {
	var out []nnvet.Call
	for _, k := range []struct{ key, call, arg string }{{"norm", "clip_grad_norm_", "max_norm"}, {"value", "clip_grad_value_", "clip_value"}} {
		if a, ok := c.Arg(k.key); ok {
			a.Name = k.arg
			out = append(out, nnvet.Call{Func: k.call, Source: c.Source, Args: []nnvet.Arg{a}})
		}
	}
	return out
}

// transformCalls returns the transforms of the inputs, and that of the target,
// whose name a trace does not hold.
func (f *File) transformCalls() []nnvet.Call {
	const key = "data.transform"
	at, ok := f.places[key]
	if !ok {
		return nil
	}
	out := []nnvet.Call{{Func: "transform", In: "inputs", Source: at}}
	for name, how := range f.Data.Plan.Transforms {
		value, named := f.places[key+"."+name]
		if !named { // the one for all, written without a map
			value = at
		}
		a := nnvet.Arg{Name: name, Text: string(how), Source: value}
		if name == f.Data.Plan.Target {
			out = append(out, nnvet.Call{Func: "transform", In: "target", Source: value, Args: []nnvet.Arg{a}})
		} else {
			out[0].Args = append(out[0].Args, a)
		}
	}
	slices.SortFunc(out[0].Args, func(a, b nnvet.Arg) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// textAt returns what is written at a place of one line.
func (f *File) textAt(at nnvet.Location) string {
	if at.Line < 1 || at.Line > len(f.src.lines) || at.Line != at.EndLine {
		return ""
	}
	line := f.src.lines[at.Line-1]
	return strings.TrimSpace(line[at.Col-1 : min(at.EndCol-1, len(line))])
}
