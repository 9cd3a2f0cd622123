package nnvet

import "math"

// A Flatness is how much of a hidden activation's output stays in its flat ends,
// where hardly any gradient passes.
type Flatness struct {
	Layer *Layer
	Stage *Stage  // whose sums it is given; nil where that is not certain
	Share float64 // the lower one of the last two windows, if there are two
	Key   Key
	Span  Span // those windows
}

// Flat returns the hidden tanhs and sigmoids that were looked at. Those behind
// the last stage are outputs, which are flat where a classifier is certain.
func (t *Trace) Flat() []Flatness {
	ends := make(map[string]bool)
	for _, h := range t.Heads {
		for _, op := range h.Chain {
			ends[op.Layer] = true
		}
	}
	feeds := t.feeders()
	var out []Flatness
	for i := range t.Layers {
		l := &t.Layers[i]
		s := t.Series(Key{Quantity: Saturated, Site: l.Name})
		if s.Len() == 0 || ends[l.Name] || feeds[l.Name] != nil && feeds[l.Name].Last {
			continue
		}
		step, share := s.Last()
		f := Flatness{Layer: l, Stage: feeds[l.Name], Share: share, Key: s.Key, Span: Span{From: step, To: step}}
		if n := s.Len(); n > 1 {
			f.Share, f.Span.From = math.Min(share, s.Values[n-2]), s.Steps[n-2]
		}
		if f.Share >= 0 && f.Share <= 1 { // not NaN
			out = append(out, f)
		}
	}
	return out
}

// feeders returns the stage that stands before each layer, in the order of the
// layers.
func (t *Trace) feeders() map[string]*Stage {
	stages := t.Stages()
	out := make(map[string]*Stage)
	at := -1
	for i := range t.Layers {
		if at+1 < len(stages) && stages[at+1].Layer == &t.Layers[i] {
			at++
		} else if at >= 0 {
			out[t.Layers[i].Name] = &stages[at]
		}
	}
	return out
}
