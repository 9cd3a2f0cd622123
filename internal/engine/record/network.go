package record

import (
	"fmt"
	"hash/crc32"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// root is the class, and the name, of what holds the layers.
const root = "Sequential"

// moduleID returns the id of a layer. The network itself has 0.
func moduleID(layer int) int64 { return int64(layer) + 1 }

func checksum(text []byte) uint32 { return crc32.ChecksumIEEE(text) }

// place writes a location as traces have it; "" where it is not known.
func place(l nnvet.Location) string {
	switch {
	case !l.Known():
		return ""
	case l.EndCol > 0:
		return fmt.Sprintf("%s:%d:%d:%d:%d", l.File, l.Line, l.Col, l.EndLine, l.EndCol)
	}
	return fmt.Sprintf("%s:%d", l.File, l.Line)
}

type module struct {
	I    int64              `json:"i"`
	N    string             `json:"n"`
	C    string             `json:"c"`
	Src  string             `json:"src,omitempty"`
	Leaf bool               `json:"leaf"`
	A    map[string]float64 `json:"a,omitempty"`
}

type parameter struct {
	I     int64  `json:"i"`
	N     string `json:"n"`
	M     int64  `json:"m"`
	Shape []int  `json:"shape"`
	Dt    string `json:"dt"`
	Rg    bool   `json:"rg"`
}

type modelRecord struct {
	K      string      `json:"k"`
	S      int64       `json:"s"`
	C      string      `json:"c"`
	Mods   []module    `json:"mods"`
	Params []parameter `json:"params"`
}

// describeNetwork writes the layers, the parameters as they start, and the
// optimizer.
func (r *Recorder) describeNetwork() {
	n := r.trainer.Network
	mods, params := modules(n), parameters(n)
	for at := 0; at < max(len(mods), len(params)); at += most {
		r.put(modelRecord{K: "model", S: r.last, C: root, Mods: cut(mods, at), Params: cut(params, at)})
	}
	r.describeStart()
	r.put(optimizer(r.trainer.Spec.Optimizer, len(params)))
}

func modules(n *engine.Network) []module {
	mods := []module{{I: 0, N: root, C: root}}
	for i, l := range n.Layers() {
		mods = append(mods, module{I: moduleID(i), N: l.Name, C: l.Class, Src: place(l.Source), Leaf: l.Leaf, A: l.Settings})
	}
	return mods
}

func parameters(n *engine.Network) []parameter {
	out := make([]parameter, len(n.Params()))
	for i, l := range n.Layers() {
		for _, j := range l.Params {
			p := n.Params()[j]
			out[j] = parameter{I: int64(j), N: p.Name, M: moduleID(i), Shape: p.Shape, Dt: "float32", Rg: p.Trainable}
		}
	}
	return out
}

// cut returns the entries from a place on, as far as one record takes them.
func cut[T any](all []T, at int) []T { return all[min(at, len(all)):min(at+most, len(all))] }

type initRecord struct {
	K    string          `json:"k"`
	W    tracefile.Block `json:"w"`
	Rows []int           `json:"rows"`
	Dup  []int           `json:"dup"`
}

// describeStart writes the parameters as they are before the first update.
func (r *Recorder) describeStart() {
	n := r.trainer.Network
	r.twins = newTwins(n.Params())
	for at := 0; at < len(n.Params()); at += most {
		rec := initRecord{K: "init"}
		for i, p := range cut(n.Params(), at) {
			r.tensors.add(&rec.W, int64(at+i), r.tensors.sample.of(p.Value))
			rows := 0
			if len(p.Shape) >= 2 {
				rows = p.Shape[0]
			}
			rec.Rows = append(rec.Rows, rows)
			rec.Dup = append(rec.Dup, r.twins.start(at+i, p))
		}
		r.put(rec)
	}
}

type initgradRecord struct {
	K   string  `json:"k"`
	I   []int64 `json:"i"`
	Dup []int   `json:"dup"`
}

// initialGradients writes, at the first step, which of the units that began
// equal have equal gradients too; and of those whose gradients were 0, the same
// at the first step at which they are not.
func (r *Recorder) initialGradients() {
	if r.twins.done {
		return
	}
	rec, left := initgradRecord{K: "initgrad", I: []int64{}, Dup: []int{}}, false
	for i, p := range r.trainer.Network.Params() {
		if dup, ok := r.twins.gradient(i, p); ok {
			rec.I, rec.Dup = append(rec.I, int64(i)), append(rec.Dup, dup)
		}
		left = left || r.twins.labels[i] != nil
	}
	if !left {
		r.twins = twins{done: true}
	}
	if !r.initgrad || len(rec.I) > 0 {
		r.put(rec)
	}
	r.initgrad = true
}

type optimRecord struct {
	K      string  `json:"k"`
	I      int     `json:"i"`
	C      string  `json:"c"`
	Src    string  `json:"src,omitempty"`
	Groups []group `json:"groups"`
}

type group struct {
	A map[string]float64 `json:"a"`
	P []int64            `json:"p"`
}

// optimizer describes an optimizer under PyTorch's names.
func optimizer(o engine.Optimizer, params int) optimRecord {
	a := map[string]float64{"lr": o.LR, "weight_decay": o.Decay}
	class := o.Kind
	switch o.Kind {
	case "sgd":
		class = "SGD"
		a["momentum"], a["dampening"], a["nesterov"] = o.Momentum, o.Dampening, 0
		if o.Nesterov {
			a["nesterov"] = 1
		}
	case "rmsprop":
		class = "RMSprop"
		a["alpha"], a["eps"] = o.Alpha, o.Eps
	case "adam", "adamw":
		class = map[string]string{"adam": "Adam", "adamw": "AdamW"}[o.Kind]
		a["beta1"], a["beta2"], a["eps"] = o.Beta1, o.Beta2, o.Eps
	}
	g := group{A: a}
	for i := range params {
		g.P = append(g.P, int64(i))
	}
	return optimRecord{K: "optim", C: class, Src: place(o.Source), Groups: []group{g}}
}
