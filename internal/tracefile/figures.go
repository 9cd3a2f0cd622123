package tracefile

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nnvet/nnvet"
)

// maxSeries bounds the series of a file: a network of 20 000 layers has fewer.
const maxSeries = 1 << 20

// add records a value. One whose step is not past the last of its series is
// left out, and counted unless it is there already.
func (r *Reader) add(q nnvet.Quantity, site, split string, step int64, v float64) {
	k := nnvet.Key{Quantity: q, Site: site, Split: split}
	if r.b.Series(k) == nil {
		if r.series == maxSeries {
			r.crowded = true
			return
		}
		r.series++
	}
	if err := r.b.Add(k, step, v); err != nil && !has(r.b.Series(k), step, v) {
		r.left++
	}
}

// has reports whether a series holds just this value.
func has(s *nnvet.Series, step int64, v float64) bool {
	i, ok := slices.BinarySearch(s.Steps, step)
	return ok && s.Every == 1 && (s.Values[i] == v || v != v && s.Values[i] != s.Values[i])
}

func (r *Reader) stepped(step int64) {
	r.last = max(r.last, step)
	r.b.Run.Steps = max(r.b.Run.Steps, step+1)
}

func (r *Reader) step(rec *stepRecord) error {
	first, last, err := span(rec.S)
	if err != nil {
		return err
	}
	place, even, err := losses(rec, last-first+1)
	if err != nil {
		return err
	}
	if c := rec.Clip; c != nil {
		if err := sameLengths(len(c.S), c.Norm); err != nil {
			return err
		}
		if err := sameLength(len(c.S), c.S); err != nil {
			return err
		}
	}
	r.stepped(last)
	r.clock(rec.T)
	if even {
		r.spread += int64(len(rec.Loss))
	}
	for i, v := range rec.Loss {
		r.add(nnvet.Loss, "", nnvet.Train, first+place(i), v)
	}
	r.rates(rec.Lr, last)
	r.addCount(nnvet.BatchRows, last, rec.Bs)
	r.addCount(nnvet.Backwards, last, rec.Bw)
	r.clipping(rec, last)
	if rec.Ov != nil {
		r.b.Run.Overhead = float64(*rec.Ov)
	}
	return nil
}

// losses returns the step, counted from the record's first, of each loss in a
// record of n steps. Where there are fewer losses than steps, as with two
// optimizers that share one loss, they are spread evenly.
func losses(rec *stepRecord, n int64) (place func(i int) int64, even bool, err error) {
	every := max(rec.Every, 1)
	if every > maxCount {
		return nil, false, fmt.Errorf("a loss for every %d steps", every)
	}
	want, have := (n+every-1)/every, int64(len(rec.Loss))
	switch {
	case have > want:
		return nil, false, fmt.Errorf("%d losses for %d steps", have, n)
	case have == want:
		return func(i int) int64 { return int64(i) * every }, false, nil
	}
	return func(i int) int64 { return int64(float64(i) * float64(n) / float64(have)) }, have > 0, nil
}

func (r *Reader) rates(lr []floats, step int64) {
	for i, groups := range lr {
		if i >= len(r.sites) {
			r.unknown += int64(len(groups))
			continue
		}
		for j, v := range groups {
			r.add(nnvet.Rate, numbered(r.sites[i], j), "", step, v)
		}
	}
}

func (r *Reader) addCount(q nnvet.Quantity, step int64, n *int64) {
	if n != nil {
		r.add(q, "", "", step, float64(*n))
	}
}

func (r *Reader) clipping(rec *stepRecord, last int64) {
	c := rec.Clip
	if c == nil {
		return
	}
	for i, v := range c.Norm {
		r.add(nnvet.ClipNorm, "", "", c.S[i], v)
	}
	if c.Max != nil {
		r.add(nnvet.ClipMax, "", "", last, float64(*c.Max))
	}
	if c.Lib {
		at := nnvet.Event{Kind: nnvet.LibraryClipping, Source: nnvet.ParseLocation(c.Src)}
		r.happened(at, rec.S[0], 1, 0)
	}
}

func (r *Reader) tensors(rec *tensRecord) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	for _, b := range []*block{&rec.W, &rec.G, &rec.U, &rec.A} {
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

func (r *Reader) weights(rec *tensRecord) {
	for j, id := range rec.W.I {
		// At the step at which a parameter was described, `init` has told.
		if p, np := r.param(id); p != nil && !(p.initial && p.since == rec.S) {
			r.weight(p, np, rec.S, &rec.W, j)
		}
	}
}

// weight records the figures of a parameter, which stand at place j of a block.
func (r *Reader) weight(p *param, np *nnvet.Param, step int64, b *block, j int) {
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

func (r *Reader) addFrom(q nnvet.Quantity, site string, step int64, column floats, j int) {
	if column != nil {
		r.add(q, site, "", step, column[j])
	}
}

// norm returns the norm of a whole tensor from the one over the elements that
// were looked at.
func (p *param) norm(b *block, j int) float64 {
	if n := float64(b.N[j]); n > 0 && p.elements > n {
		return b.L2[j] * math.Sqrt(p.elements/n)
	}
	return b.L2[j]
}

func largest(lo, hi float64) float64 { return math.Max(math.Abs(lo), math.Abs(hi)) }

func (r *Reader) gradients(step int64, b *block) {
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
func (r *Reader) updates(step int64, u, w *block) {
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
		if ratio := u.L2[j] / norm; np != nil && ok && ratio == ratio {
			r.add(nnvet.Update, np.Name, "", step, ratio)
		}
	}
}

// activations records the outputs of layers. One that ran several times in a
// step stands several times in the block.
func (r *Reader) activations(step int64, b *block) {
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
func (b *block) moments(j int) nnvet.Moments {
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

// at returns a value of a column, or NaN where it is absent.
func at(column floats, j int) float64 {
	if column == nil {
		return math.NaN()
	}
	return column[j]
}

func (r *Reader) prediction(rec *predRecord) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	if err := checkSplit(rec.Split); err != nil {
		return err
	}
	site := r.headSite(rec.H)
	if site == "" {
		return nil
	}
	r.addValue(nnvet.HeadLoss, site, rec.Split, rec.S, rec.Loss)
	r.addValue(nnvet.PredMean, site, rec.Split, rec.S, rec.Mean)
	r.addValue(nnvet.PredStd, site, rec.Split, rec.S, rec.Std)
	// In validation, the record of the whole evaluation has the accuracy.
	if rec.Acc != nil && rec.Split == nnvet.Train && r.speaks(nnvet.Accuracy, rec.Split, &rec.H) {
		r.addValue(nnvet.Accuracy, "", rec.Split, rec.S, rec.Acc)
	}
	return nil
}

func (r *Reader) addValue(q nnvet.Quantity, site, split string, step int64, v *number) {
	if v != nil {
		r.add(q, site, split, step, float64(*v))
	}
}

func checkSplit(split string) error {
	if split != nnvet.Train && split != nnvet.Validation {
		return fmt.Errorf("%.20q is no split", split)
	}
	return nil
}

func (r *Reader) units(rec *unitsRecord) error {
	_, last, err := span(rec.S)
	if err != nil {
		return err
	}
	d, s := &rec.Dead, &rec.Sat
	if len(d.Dead) != len(d.I) || len(d.Units) != len(d.I) || len(s.Share) != len(s.I) {
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

// evaluation records the figures of an evaluation of the head that was
// evaluated first; a network of several heads has a record for each.
func (r *Reader) evaluation(rec *evalRecord) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	r.clock(rec.T)
	// So that an evaluation of which nothing else is known leaves a trace.
	if rec.Batches > 0 && rec.Rows >= 0 && rec.S > r.evaluated {
		r.evaluated = rec.S
		r.add(nnvet.BatchRows, "", nnvet.Validation, rec.S, float64(rec.Rows)/float64(rec.Batches))
	}
	if rec.Loss != nil && r.speaks(nnvet.Loss, nnvet.Validation, rec.H) {
		r.addValue(nnvet.Loss, "", nnvet.Validation, rec.S, rec.Loss)
	}
	if rec.Acc != nil && r.speaks(nnvet.Accuracy, nnvet.Validation, rec.H) {
		r.addValue(nnvet.Accuracy, "", nnvet.Validation, rec.S, rec.Acc)
	}
	if rec.H != nil {
		if site := r.headSite(*rec.H); site != "" {
			r.addValue(nnvet.HeadLoss, site, nnvet.Validation, rec.S, rec.Loss)
		}
	}
	return nil
}

// speaks reports whether a head is the one that a series of the whole run is
// taken from: the first that had a value.
func (r *Reader) speaks(q nnvet.Quantity, split string, head *int64) bool {
	h := int64(-1)
	if head != nil {
		h = *head
	}
	k := nnvet.Key{Quantity: q, Split: split}
	first, ok := r.speakers[k]
	if !ok {
		r.speakers[k] = h
	}
	return !ok || first == h
}
