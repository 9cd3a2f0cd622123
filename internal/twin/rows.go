package twin

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"

	"github.com/nnvet/nnvet/internal/engine/save"
)

// File is the name of the file with the rows, in a run's directory.
const File = "twin.safetensors"

// format is what the probe writes into that file.
const format = "nnvet twin 1"

// Rows are what a network was trained and evaluated on, each row once.
type Rows struct {
	Train, Val Part
	Shape      []int // of a row's input, as the first layer with parameters is fed it
	Total      int   // rows of the training set, as far as the program told; 0 where it did not
	Skipped    int   // training batches that were not looked at, to save time
	Seen       bool  // rows came again, so that all were seen
	Ordered    bool  // and in the order in which they came first
	compared   compared
	facts      map[int]facts // of operations, by their place in the trace's graph
}

// A Part is the rows of a split.
type Part struct {
	X, Y []float32
	Rows int
}

// compared is the loss, and what it compares.
type compared struct {
	Loss      string  `json:"loss"`
	Target    string  `json:"target"` // classes, numbers, or whole numbers that are no classes
	Classes   int     `json:"classes"`
	Shape     []int   `json:"shape"` // of a prediction, and of a target
	Targets   []int   `json:"target_shape"`
	Beta      float64 `json:"beta"`
	Smooth    float64 `json:"smooth"`
	Reduction string  `json:"red"`
	Weighted  bool    `json:"weighted"`
}

// NotKept is why a run has no rows although they were asked for.
type NotKept struct{ Why string }

func (e *NotKept) Error() string { return "its rows were not kept: " + e.Why }

// Read reads the rows of a run. The error is [fs.ErrNotExist] where none were
// asked for, and a [*NotKept] where there are none all the same.
func Read(path string) (*Rows, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", path)
	}
	file, err := save.ReadTensors(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r, err := rowsOf(file)
	if kept := (*NotKept)(nil); err != nil && !errors.As(err, &kept) {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return r, err
}

// rowsOf takes the rows out of a file. Nothing in it is trusted.
func rowsOf(f *save.File) (*Rows, error) {
	if f.Metadata["format"] != format {
		return nil, fmt.Errorf("format %.40q is not %q: it is of another version of nnvet; run again with --twin", f.Metadata["format"], format)
	}
	if why := f.Metadata["why"]; why != "" {
		return nil, &NotKept{fmt.Sprintf("%.200s", why)}
	}
	r := &Rows{Seen: count(f, "idle") > 0, Total: count(f, "total"), Skipped: count(f, "skipped")}
	r.Ordered = count(f, "ordered") > 9*count(f, "mixed")
	if err := json.Unmarshal([]byte(f.Metadata["layout"]), &r.compared); err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	var byPlace map[string]facts
	if err := json.Unmarshal([]byte(f.Metadata["facts"]), &byPlace); err != nil {
		return nil, fmt.Errorf("facts: %w", err)
	}
	r.facts = make(map[int]facts, len(byPlace))
	for place, of := range byPlace {
		if i, err := strconv.Atoi(place); err == nil {
			r.facts[i] = of
		}
	}
	parts := make(map[string]*save.Tensor)
	for i := range f.Tensors {
		parts[f.Tensors[i].Name] = &f.Tensors[i]
	}
	var err error
	if r.Train, r.Shape, err = part("train", parts, nil); err != nil {
		return nil, err
	}
	if r.Train.Rows == 0 {
		return nil, errors.New("no training rows")
	}
	r.Val, _, err = part("val", parts, r.Shape)
	return r, err
}

// part returns a split, whose rows have a shape where that is known already.
func part(name string, parts map[string]*save.Tensor, want []int) (p Part, shape []int, err error) {
	x, y := parts[name+".x"], parts[name+".y"]
	if x == nil && y == nil {
		return p, want, nil
	}
	switch {
	case x == nil || y == nil:
		return p, nil, fmt.Errorf("%s: inputs without targets, or targets without inputs", name)
	case len(x.Shape) < 2 || len(y.Shape) != 2 || x.Shape[0] != y.Shape[0] || x.Shape[0] < 1:
		return p, nil, fmt.Errorf("%s: inputs of shape %v and targets of %v are no rows beside each other", name, x.Shape, y.Shape)
	case want != nil && fmt.Sprint(x.Shape[1:]) != fmt.Sprint(want):
		return p, nil, fmt.Errorf("%s: rows of shape %v, where training has %v", name, x.Shape[1:], want)
	case x.Shape[0] > math.MaxInt32 || len(x.Data) == 0 || len(y.Data) == 0:
		return p, nil, fmt.Errorf("%s: %d rows of shape %v", name, x.Shape[0], x.Shape[1:])
	}
	return Part{X: x.Data, Y: y.Data, Rows: x.Shape[0]}, x.Shape[1:], nil
}

// count returns a whole number of the metadata; 0 where it is none.
func count(f *save.File, key string) int {
	n, err := strconv.Atoi(f.Metadata[key])
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// facts are what autograd saved of an operation: numbers, truth values, texts,
// and lists of whole numbers.
type facts map[string]any

// number returns a fact that is a number, or what stands for one that is not there.
func (f facts) number(name string, absent float64) float64 {
	if v, ok := f[name].(float64); ok {
		return v
	}
	return absent
}

// whole returns a list of whole numbers; nil where it is none.
func (f facts) whole(name string) []int {
	list, _ := f[name].([]any)
	var out []int
	for _, v := range list {
		n, ok := v.(float64)
		if !ok || n != math.Trunc(n) || math.Abs(n) > 1<<20 {
			return nil
		}
		out = append(out, int(n))
	}
	return out
}

func (f facts) truth(name string) bool {
	v, _ := f[name].(bool)
	return v
}
