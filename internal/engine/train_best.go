package engine

// keep remembers this epoch as the best, and where there is patience its
// parameters and running statistics too. An epoch that is not whole counts as
// the next.
func (t *Trainer) keep(s Scores) {
	b := &t.best
	b.epoch, b.scores = t.at.epoch, s
	if t.at.row > 0 {
		b.epoch++
	}
	if t.Spec.Patience == 0 {
		return
	}
	b.params = append(b.params[:0], t.params...)
	b.buffers = b.buffers[:0]
	for _, p := range t.Network.Buffers() {
		b.buffers = append(b.buffers, p.Value...)
	}
}

// swap gives the network the best parameters, and keeps the last ones for a
// run that goes on.
func (t *Trainer) swap() {
	b := &t.best
	if len(b.params) == 0 || b.swapped {
		return
	}
	exchange(t.params, b.params)
	at := 0
	for _, p := range t.Network.Buffers() {
		exchange(p.Value, b.buffers[at:at+len(p.Value)])
		at += len(p.Value)
	}
	b.swapped = true
}

// unswap undoes swap.
func (t *Trainer) unswap() {
	if t.best.swapped {
		t.best.swapped = false
		t.swap()
		t.best.swapped = false
	}
}

func exchange(a, b []float32) {
	for i, v := range a {
		a[i], b[i] = b[i], v
	}
}
