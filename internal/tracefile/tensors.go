package tracefile

import (
	"errors"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

func (r *Reader) tensors(rec *Tensors) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	for _, b := range []*Block{&rec.W, &rec.G, &rec.U, &rec.A} {
		if err := b.check(); err != nil {
			return err
		}
	}
	r.weights(rec)
	r.gradients(rec.S, &rec.G)
	r.updates(rec.S, &rec.U, &rec.W)
	r.activations(rec.S, &rec.A)
	return nil
}

func (r *Reader) weights(rec *Tensors) {
	for j, id := range rec.W.I {
		// At the step at which a parameter was described, `init` has told.
		if p, np := r.param(id); p != nil && !(p.initial && p.since == rec.S) {
			r.weight(p, np, rec.S, &rec.W, j)
		}
	}
}

// weight records the figures of a parameter, which stand at place j of a block.
func (r *Reader) weight(p *param, np *nnvet.Param, step int64, b *Block, j int) {
	r.addFrom(nnvet.WeightMean, np.Name, step, b.Mean, j)
	r.addFrom(nnvet.WeightStd, np.Name, step, b.Std, j)
	if b.L2 != nil {
		r.add(nnvet.WeightNorm, np.Name, "", step, p.norm(b, j))
	}
	if b.Min != nil && b.Max != nil {
		r.add(nnvet.WeightMax, np.Name, "", step, largest(b.Min[j], b.Max[j]))
	}
	if b.NF != nil {
		r.add(nnvet.WeightBad, np.Name, "", step, float64(b.NF[j]))
	}
}

// norm returns the norm of a whole tensor from the one over the elements that
// were looked at.
func (p *param) norm(b *Block, j int) float64 {
	if n := float64(b.N[j]); n > 0 && p.elements > n {
		return b.L2[j] * math.Sqrt(p.elements/n)
	}
	return b.L2[j]
}

func largest(lo, hi float64) float64 { return math.Max(math.Abs(lo), math.Abs(hi)) }

func (r *Reader) gradients(step int64, b *Block) {
	for j, id := range b.I {
		p, np := r.param(id)
		if p == nil {
			continue
		}
		if b.L2 != nil {
			r.add(nnvet.GradNorm, np.Name, "", step, p.norm(b, j))
		}
		if b.Mean != nil && b.Std != nil {
			r.add(nnvet.GradRMS, np.Name, "", step, math.Hypot(b.Mean[j], b.Std[j]))
		}
		if b.Min != nil && b.Max != nil {
			r.add(nnvet.GradMax, np.Name, "", step, largest(b.Min[j], b.Max[j]))
		}
		if b.NZ != nil && b.N[j] > 0 {
			r.add(nnvet.GradZero, np.Name, "", step, 1-float64(b.NZ[j])/float64(b.N[j]))
		}
		if b.NF != nil {
			r.add(nnvet.GradBad, np.Name, "", step, float64(b.NF[j]))
		}
	}
}

// updates records the size of the updates against the weights before them. A
// ratio that is not a number, as that of two zeros, says nothing.
func (r *Reader) updates(step int64, u, w *Block) {
	if u.L2 == nil || w.L2 == nil {
		return
	}
	before := make(map[int64]float64, len(w.I))
	for j, id := range w.I {
		before[id] = w.L2[j]
	}
	for j, id := range u.I {
		_, np := r.param(id)
		norm, ok := before[id]
		if ratio := u.L2[j] / norm; np != nil && ok && !math.IsNaN(ratio) {
			r.add(nnvet.Update, np.Name, "", step, ratio)
		}
	}
}

// activations records the outputs of layers. One that ran several times in a
// step stands several times in the block.
func (r *Reader) activations(step int64, b *Block) {
	merged := make(map[int64]nnvet.Moments, len(b.I))
	for j, id := range b.I {
		merged[id] = merged[id].Merge(b.moments(j))
	}
	for _, id := range b.I {
		m, ok := merged[id]
		name := r.layer(id)
		if delete(merged, id); !ok || name == "" {
			continue
		}
		if m.N == 0 {
			m.Mean, m.Std, m.Min, m.Max = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		}
		if b.Mean != nil && b.Std != nil {
			r.add(nnvet.ActMean, name, "", step, m.Mean)
			r.add(nnvet.ActStd, name, "", step, m.Std)
		}
		if b.Min != nil && b.Max != nil {
			r.add(nnvet.ActMax, name, "", step, largest(m.Min, m.Max))
		}
		if n := m.N + m.NonFinite; b.NZ != nil && n > 0 {
			r.add(nnvet.ActZero, name, "", step, float64(m.Zeros)/float64(n))
		}
		if b.NF != nil {
			r.add(nnvet.ActBad, name, "", step, float64(m.NonFinite))
		}
	}
}

// moments returns what stands at place j of a block.
func (b *Block) moments(j int) nnvet.Moments {
	m := nnvet.Moments{N: b.N[j], Mean: at(b.Mean, j), Std: at(b.Std, j), Min: at(b.Min, j), Max: at(b.Max, j)}
	if b.NF != nil {
		m.NonFinite = b.NF[j]
		m.N -= m.NonFinite
	}
	if b.NZ != nil {
		m.Zeros = b.N[j] - b.NZ[j]
	}
	return m
}

func (r *Reader) units(rec *unitsRecord) error {
	_, last, err := span(rec.S)
	if err != nil {
		return err
	}
	d, s, bound := &rec.Dead, &rec.Sat, &rec.Bound
	if len(d.Dead) != len(d.I) || len(d.Units) != len(d.I) || len(s.Share) != len(s.I) || len(bound.Share) != len(bound.I) {
		return errors.New("columns of different lengths")
	}
	if err := sameLength(len(d.I), d.Dead, d.Units); err != nil {
		return err
	}
	for j, n := range d.Dead {
		if n > d.Units[j] {
			return fmt.Errorf("%d of %d units", n, d.Units[j])
		}
	}
	r.dead(rec, last)
	for j, id := range s.I {
		if name := r.layer(id); name != "" {
			r.add(nnvet.Saturated, name, "", last, s.Share[j])
		}
	}
	for j, id := range bound.I {
		if name := r.layer(id); name != "" {
			r.add(nnvet.AtBound, name, "", last, bound.Share[j])
		}
	}
	return nil
}

// dead records the share of dead units by layer. A layer may have several
// weights, as recurrent ones do.
func (r *Reader) dead(rec *unitsRecord, step int64) {
	type share struct{ dead, units int64 }
	var order []string
	layers := make(map[string]share)
	for j, id := range rec.Dead.I {
		_, p := r.param(id)
		if p == nil {
			continue
		}
		site := p.Layer
		if site == "" {
			site = p.Name
		}
		was, ok := layers[site]
		if !ok {
			order = append(order, site)
		}
		layers[site] = share{was.dead + rec.Dead.Dead[j], was.units + rec.Dead.Units[j]}
	}
	for _, site := range order {
		if l := layers[site]; l.units > 0 {
			r.add(nnvet.Dead, site, "", step, float64(l.dead)/float64(l.units))
		}
	}
}
