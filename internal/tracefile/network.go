package tracefile

import (
	"errors"
	"fmt"

	"github.com/nnvet/nnvet"
)

// maxID bounds the ids in a file.
const maxID = 1_000_000

// A param is what is known of a parameter beside its [nnvet.Param].
type param struct {
	at       int     // index in Params
	elements float64 // of the whole tensor; 0 where its shape is not known
	since    int64   // the step at which it was described
	initial  bool    // its weights at that step are known
}

func checkID(id int64) error {
	if id < 0 || id > maxID {
		return fmt.Errorf("id %d is not one of 0 to %d", id, maxID)
	}
	return nil
}

func (r *Reader) model(rec *modelRecord) error {
	if err := r.checkModel(rec); err != nil {
		return err
	}
	for _, m := range rec.Mods {
		r.layers[m.I] = m.N
		r.b.Layers = append(r.b.Layers, nnvet.Layer{
			Name: m.N, Kind: m.C, Source: nnvet.ParseLocation(m.Src), Leaf: m.Leaf, Settings: settings(m.A),
		})
	}
	for _, p := range rec.Params {
		r.addParam(p.I, rec.S, nnvet.Param{Name: p.N, Layer: r.layerOf(p.M), Shape: shape(p.Shape), Trainable: p.Rg})
	}
	return nil
}

func (r *Reader) checkModel(rec *modelRecord) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	modules := make(map[int64]bool)
	for _, m := range rec.Mods {
		if _, ok := r.layers[m.I]; ok || modules[m.I] {
			return fmt.Errorf("module %d is described twice", m.I)
		}
		if err := checkID(m.I); err != nil {
			return err
		}
		modules[m.I] = true
	}
	params := make(map[int64]bool)
	for _, p := range rec.Params {
		if params[p.I] {
			return fmt.Errorf("parameter %d is described twice", p.I)
		}
		if err := r.checkParam(p.I, p.Shape); err != nil {
			return err
		}
		params[p.I] = true
	}
	return nil
}

func (r *Reader) checkParam(id int64, shape ints) error {
	if r.params[id] != nil {
		return fmt.Errorf("parameter %d is described twice", id)
	}
	if err := checkShape(shape); err != nil {
		return err
	}
	return checkID(id)
}

func (r *Reader) addParam(id, step int64, p nnvet.Param) {
	p.GradTwins = -1
	r.params[id] = &param{at: len(r.b.Params), elements: elements(p.Shape), since: step}
	r.b.Params = append(r.b.Params, p)
}

func (r *Reader) orphan(rec *orphanRecord) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	if err := r.checkParam(rec.I, rec.Shape); err != nil {
		return err
	}
	r.addParam(rec.I, rec.S, nnvet.Param{Name: rec.N, Shape: shape(rec.Shape), Trainable: true, Unregistered: true, Source: nnvet.ParseLocation(rec.Src)})
	return nil
}

// layer returns the name of a layer, or "" where no record describes it.
func (r *Reader) layer(id int64) string {
	name, ok := r.layers[id]
	if !ok {
		r.unknown++
	}
	return name
}

// layerOf returns the name of a layer that may be missing: absent, or -1.
func (r *Reader) layerOf(id *int64) string {
	if id == nil || *id == -1 {
		return ""
	}
	return r.layer(*id)
}

// param returns a parameter, or nil where no record describes it.
func (r *Reader) param(id int64) (*param, *nnvet.Param) {
	p := r.params[id]
	if p == nil {
		r.unknown++
		return nil, nil
	}
	return p, &r.b.Params[p.at]
}

func (r *Reader) initial(rec *initRecord) error {
	if err := rec.W.check(); err != nil {
		return err
	}
	if err := sameLength(len(rec.W.I), rec.Rows, rec.Dup); err != nil {
		return err
	}
	for j, id := range rec.W.I {
		p, np := r.param(id)
		if p == nil || p.initial {
			continue
		}
		r.weight(p, np, p.since, &rec.W, j)
		p.initial = true
		if rec.Rows != nil {
			np.Rows = int(rec.Rows[j])
		}
		if rec.Dup != nil {
			np.Twins = int(rec.Dup[j])
		}
	}
	return nil
}

func (r *Reader) initialGradients(rec *initgradRecord) error {
	if rec.Dup == nil {
		return errors.New("no dup")
	}
	if err := sameLength(len(rec.I), rec.Dup); err != nil {
		return err
	}
	for j, id := range rec.I {
		if _, p := r.param(id); p != nil {
			p.GradTwins = int(rec.Dup[j])
		}
	}
	return nil
}

func (r *Reader) optimizer(rec *optimRecord) error {
	if err := checkID(rec.I); err != nil {
		return err
	}
	if _, ok := r.sites[rec.I]; ok {
		return fmt.Errorf("optimizer %d is described twice", rec.I)
	}
	o := nnvet.Optimizer{Kind: rec.C, Source: nnvet.ParseLocation(rec.Src)}
	site := rec.C
	if n := r.again("optimizer " + rec.C); n > 0 {
		site = fmt.Sprintf("%s#%d", rec.C, n+1)
	}
	for j, g := range rec.Groups {
		group := nnvet.Group{Name: numbered(site, j), Settings: settings(g.A)}
		for _, id := range g.P {
			if _, p := r.param(id); p != nil {
				group.Params = append(group.Params, p.Name)
			}
		}
		o.Groups = append(o.Groups, group)
	}
	r.b.Optimizers = append(r.b.Optimizers, o)
	r.sites[rec.I] = site
	return nil
}

// again returns how often a name was taken before.
func (r *Reader) again(name string) int {
	n := r.taken[name]
	r.taken[name]++
	return n
}

// numbered returns the name of the i-th of several: "SGD", "SGD.1".
func numbered(name string, i int) string {
	if i == 0 {
		return name
	}
	return fmt.Sprintf("%s.%d", name, i)
}

// lossKinds names losses in the package's terms. Others keep their names.
var lossKinds = map[string]nnvet.LossKind{
	"cross_entropy":                    nnvet.CrossEntropy,
	"nll_loss":                         nnvet.NLL,
	"binary_cross_entropy":             nnvet.BCE,
	"binary_cross_entropy_with_logits": nnvet.BCELogits,
	"mse_loss":                         nnvet.MSE,
	"l1_loss":                          nnvet.L1,
	"smooth_l1_loss":                   nnvet.SmoothL1,
	"huber_loss":                       nnvet.Huber,
}

// head adds a loss, or describes it anew where it has changed.
func (r *Reader) head(rec *headRecord) error {
	if err := checkID(rec.H); err != nil {
		return err
	}
	if err := checkShape(rec.Shape); err != nil {
		return err
	}
	if rec.Loss == "" {
		return errors.New("no loss")
	}
	if !(rec.Smooth >= 0 && rec.Smooth <= 1) {
		return fmt.Errorf("label smoothing of %g", rec.Smooth)
	}
	for _, c := range rec.Chain {
		if c.Size < 0 {
			return fmt.Errorf("a softmax over %d units", c.Size)
		}
	}
	h := nnvet.Head{
		Loss: lossKinds[rec.Loss], Reduction: rec.Red, Source: nnvet.ParseLocation(rec.Src),
		Weighted: rec.Weighted, Smoothing: rec.Smooth, Root: rec.Root, Shape: shape(rec.Shape),
	}
	if h.Loss == "" {
		h.Loss = nnvet.LossKind(rec.Loss)
	}
	for _, c := range rec.Chain {
		h.Chain = append(h.Chain, nnvet.Op{
			Kind: c.Op, Layer: r.layerOf(c.M), Source: nnvet.ParseLocation(c.Src),
			Dim: c.Dim, Size: c.Size, Lo: orNaN(c.Lo), Hi: orNaN(c.Hi),
		})
	}
	i, ok := r.heads[rec.H]
	if ok && r.b.Heads[i].Loss == h.Loss {
		h.Name = r.b.Heads[i].Name
		r.b.Heads[i] = h
		return nil
	}
	h.Name = numbered(rec.Loss, r.again("head "+rec.Loss))
	r.heads[rec.H] = len(r.b.Heads)
	r.b.Heads = append(r.b.Heads, h)
	return nil
}

// headSite returns the name of a head, or "" where no record describes it.
func (r *Reader) headSite(id int64) string {
	i, ok := r.heads[id]
	if !ok {
		r.unknown++
		return ""
	}
	return r.b.Heads[i].Name
}

// settings returns the settings that have a value.
func settings(a map[string]*setting) map[string]float64 {
	out := make(map[string]float64, len(a))
	for k, v := range a {
		if v != nil {
			out[k] = float64(*v)
		}
	}
	return out
}
