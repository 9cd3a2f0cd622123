package casebook

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"sync"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/record"
)

// surveys are those that were made already. A survey takes longer than most
// trainings, and many of these train on the same rows.
type surveys struct {
	mu   sync.Mutex
	made map[uint64]func() *nnvet.Survey
}

// of returns the survey of the data of a training. Whoever asks first makes it.
func (s *surveys) of(spec engine.Spec, train, val engine.Data, o record.Options) *nnvet.Survey {
	key := identity(spec, train, val)
	s.mu.Lock()
	make := s.made[key]
	if make == nil {
		make = sync.OnceValue(func() *nnvet.Survey { return record.Survey(spec, train, val, o, nil) })
		s.made[key] = make
	}
	s.mu.Unlock()
	return make()
}

// identity is a checksum of all that a survey is of.
func identity(spec engine.Spec, train, val engine.Data) uint64 {
	h := fnv.New64a()
	number := func(v uint64) {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], v)
		h.Write(b[:])
	}
	number(uint64(spec.Seed))
	number(uint64(truth(spec.KeepOrder)))
	number(uint64(len(spec.Input)))
	for _, d := range []engine.Data{train, val} {
		number(uint64(d.Rows))
		for _, values := range [][]float32{d.X, d.Y} {
			number(uint64(len(values)))
			for _, v := range values {
				number(uint64(math.Float32bits(v)))
			}
		}
		for _, c := range d.Labels {
			number(uint64(c))
		}
	}
	return h.Sum64()
}
