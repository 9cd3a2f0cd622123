package prepare

import (
	"math"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/plural"
)

// copies says how many rows that are held out are copies of training rows.
// They are not moved: whether they are a fault is for the user to say.
func (s *Split) copies(columns []*dataset.Column) {
	if len(s.Val)+len(s.Test) == 0 {
		return
	}
	train := make(map[uint64]bool, len(s.Train))
	for _, row := range s.Train {
		if print, ok := fingerprint(columns, row); ok {
			train[print] = true
		}
	}
	say := func(rows []int, part string) {
		n := 0
		for _, row := range rows {
			if print, ok := fingerprint(columns, row); ok && train[print] {
				n++
			}
		}
		if n > 0 {
			s.say("copies of training rows, target and all: %d of %s: the score there looks better than it is", n, plural.Of(len(rows), part+" row"))
		}
	}
	say(s.Val, "validation")
	say(s.Test, "test")
}

// fingerprint mixes the values of a row into 64 bits. Among 10 million rows
// two that differ agree by chance once in 10^5 tables or so. It returns false
// where a text was too many to be kept, so that nothing can be said of it.
func fingerprint(columns []*dataset.Column, row int) (uint64, bool) {
	const golden = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio (Knuth's multiplicative hash)
	h := uint64(golden)
	mix := func(word uint64) {
		h = (h ^ word) * golden
		h ^= h >> 32
	}
	for _, c := range columns {
		switch c.Kind {
		case dataset.Number, dataset.Date:
			mix(math.Float64bits(c.Numbers[row]))
		case dataset.Category, dataset.Text:
			if c.Codes[row] == dataset.Beyond {
				return 0, false
			}
			mix(uint64(c.Codes[row]))
		case dataset.Array:
			n := extent(c.Shape)
			for _, v := range c.Values[row*n : (row+1)*n] {
				mix(uint64(math.Float32bits(v)))
			}
		}
	}
	return h, true
}
