package experiment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/near"
)

// A setting is a key that a map may have.
type setting struct {
	name string
	what string // a phrase on what it sets
	// def is the default, as one would write it; "" where there is none. It is
	// what holds when the key is left out, which a test holds against the code.
	def     string
	like    string // how one would write it where there is no default
	must    bool   // there is no default, and it cannot be left out
	auto    bool   // "auto" may be written: 0 or "" then, Auto for an int
	bounds  bounds
	options []string // of a text; nil for any
	// to takes the value: a pointer to a number, bool, text, list or pair, or a taker.
	to any
}

// A taker reads values of a form of its own.
type taker interface {
	take(r *reader, s setting, v *value)
	schema() object // of the value
}

// A reader reads the tree of a file into settings and gathers what is wrong.
type reader struct {
	src    *source
	errs   Errors
	places map[string]nnvet.Location // of values, by path: "data.target"
	names  map[mention]nnvet.Location
	path   []string
	calls  []nnvet.Call // what was picked, with the places of its settings
}

func newReader(src *source) *reader {
	return &reader{src: src, places: make(map[string]nnvet.Location), names: make(map[mention]nnvet.Location)}
}

// fault notes that something at a place is wrong.
func (r *reader) fault(at nnvet.Location, format string, args ...any) {
	r.errs = append(r.errs, Error{At: at, Says: fmt.Sprintf(format, args...), quote: r.src.quote(at)})
}

// fill reads a map into a table of settings.
func (r *reader) fill(what string, v *value, table []setting) {
	if v.form != mapping {
		r.fault(v.at, "%s must be a map of keys and values, not %v", what, v.form)
		return
	}
	seen := make(map[string]nnvet.Location, len(v.keys))
	for _, k := range v.keys {
		i := slices.IndexFunc(table, func(s setting) bool { return s.name == k.name })
		switch before, twice := seen[k.name]; {
		case twice:
			r.fault(k.at, "key %q stands twice: it is in line %d already", k.name, before.Line)
		case i < 0:
			r.fault(k.at, "unknown key %q in %s%s", k.name, what, unknown(k, v, table))
		default:
			r.enter(k.name, k.value, func() { r.set(table[i], k.value) })
		}
		if _, twice := seen[k.name]; !twice {
			seen[k.name] = k.at
		}
	}
	for _, s := range table {
		if _, ok := seen[s.name]; s.must && !ok {
			r.fault(v.at, "%s must say %q: %s", what, s.name, s.what)
		}
	}
}

// enter goes into the value of a key and notes its place.
func (r *reader) enter(key string, v *value, read func()) {
	r.path = append(r.path, key)
	r.places[strings.Join(r.path, ".")] = v.at
	read()
	r.path = r.path[:len(r.path)-1]
}

// A mention is a name that stands in the value of a key: a column in a list,
// or in a map of columns.
type mention struct{ key, name string }

// mention notes where the key that is read names something.
func (r *reader) mention(name string, at nnvet.Location) {
	m := mention{strings.Join(r.path, "."), name}
	if _, twice := r.names[m]; !twice {
		r.names[m] = at
	}
}

func names(table []setting) []string {
	out := make([]string, len(table))
	for i, s := range table {
		out[i] = s.name
	}
	return out
}

// foreign are names that other frameworks have for ours.
var foreign = map[string]string{
	"learning_rate": "lr", "learningrate": "lr", "batch_size": "batch", "batchsize": "batch", "weight_decay": "decay", "l2": "decay",
	"max_norm": "norm", "clip_value": "value", "early_stopping": "patience", "label": "target", "y": "target", "file": "path", "csv": "path",
	"layers": "network", "model": "network", "dataset": "data", "criterion": "loss", "scheduler": "schedule", "random_state": "seed",
	"validation": "val", "valid": "val", "transforms": "transform", "augmentation": "augment", "drop_columns": "exclude", "features": "columns",
	"linear": "dense", "fc": "dense", "conv": "conv2d", "maxpool": "max_pool", "maxpool2d": "max_pool", "avgpool": "avg_pool", "batchnorm": "batch_norm",
	"bn": "batch_norm", "layernorm": "layer_norm", "swish": "silu", "out_features": "units", "channels": "filters", "kernel_size": "kernel", "p": "rate",
	"mean_squared_error": "mse", "l1": "mae", "crossentropy": "cross_entropy", "softmax_cross_entropy": "cross_entropy", "label_smoothing": "smoothing",
	"sparse_categorical_crossentropy": "cross_entropy", "categorical_crossentropy": "categorical_cross_entropy", "binary_crossentropy": "bce",
	"bce_with_logits": "bce_logits", "kaiming_normal": "he_normal", "kaiming_uniform": "he_uniform", "glorot_normal": "xavier_normal",
	"glorot_uniform": "xavier_uniform", "zeros": "zero", "scale": "standardize", "one_hot": "onehot", "min_max": "minmax",
}

// meant returns `; did you mean "lr"?`, or what names there are.
func meant(name string, known []string) string {
	if own := foreign[strings.ToLower(name)]; slices.Contains(known, own) {
		return fmt.Sprintf("; did you mean %q?", own)
	}
	return near.Among(name, known)
}
