package prove

import (
	"context"
	"time"

	"github.com/nnvet/nnvet"
)

// A Subject is a training that can be done again: a script, an experiment file,
// a program of the casebook.
type Subject interface {
	// With returns the variant that a treatment makes of another one, which left
	// the trace. The error says why it cannot be tried, and what a person can do.
	With(ctx context.Context, base Variant, t *nnvet.Trace, tr nnvet.Treatment) (Variant, error)
	// Train trains a variant from a seed. It may be called by several goroutines.
	Train(ctx context.Context, o Order) (*Training, error)
	// Jobs is how many trainings it can do at once.
	Jobs() int
}

// A Variant is a subject with treatments. The nil Variant is the subject as it
// is written.
type Variant interface {
	// Key is the same for equal variants, and only for those.
	Key() string
}

// An Order asks for one training.
type Order struct {
	Variant Variant // nil: as written
	Seed    int64   // 0: the subject's own
	Dir     string  // an empty directory of this training's own, which its trace stays in
}

// A Training is what one training left.
type Training struct {
	Trace  *nnvet.Trace
	Output []byte        // what it printed, or the end of that
	Wall   time.Duration // of the whole training
	Failed string        // why it did not come to its end, in words; "" where it did
}

// key names a variant.
func key(v Variant) string {
	if v == nil {
		return "as written"
	}
	return v.Key()
}
