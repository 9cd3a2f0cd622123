package record

// sampled is how many elements of a tensor are looked at, as many as the probe
// looks at: a standard deviation is then good to 0.6 %, and what a step costs
// does not grow with the network.
const sampled = 16384

// piece is how many elements in a row are taken at a time: those of a line of
// the processor's cache.
const piece = 16

// A sampler has the memory of a sample.
type sampler struct{ memory []float32 }

// of returns x, or a sample of a large x that is valid until the next.
func (s *sampler) of(x []float32) []float32 {
	if len(x) <= sampled {
		return x
	}
	if s.memory == nil {
		s.memory = make([]float32, sampled)
	}
	take(s.memory, x)
	return s.memory
}

// take copies x, or of a large x a piece from each of many equal parts. Where in
// its part a piece lies moves by an irrational step, so that pieces do not line
// up with rows or columns. The same elements are looked at every time; less than
// one piece at the end of x never is.
func take(into, x []float32) {
	if len(x) <= sampled {
		copy(into, x)
		return
	}
	const parts = sampled / piece
	lines := uint64(len(x) / piece)
	for i := range uint64(parts) {
		from, to := i*lines/parts, (i+1)*lines/parts
		at := from + uint64(uint32(i)*2654435769)*(to-from)>>32 // 2^32 over the golden ratio
		*(*[piece]float32)(into[i*piece:]) = [piece]float32(x[at*piece:])
	}
}
