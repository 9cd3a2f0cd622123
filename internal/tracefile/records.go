package tracefile

import (
	"encoding/json"
)

// kinds says what to do with each kind of record. Others are ignored.
var kinds = map[string]func(*Reader, []byte) error{
	"run":      into((*Reader).run),
	"model":    into((*Reader).model),
	"orphan":   into((*Reader).orphan),
	"init":     into((*Reader).initial),
	"initgrad": into((*Reader).initialGradients),
	"optim":    into((*Reader).optimizer),
	"head":     into((*Reader).head),
	"graph":    into((*Reader).graph),
	"data":     into((*Reader).data),
	"step":     into((*Reader).step),
	"tens":     into((*Reader).tensors),
	"pred":     into((*Reader).prediction),
	"units":    into((*Reader).units),
	"eval":     into((*Reader).evaluation),
	"event":    into((*Reader).event),
	"source":   into((*Reader).source),
	"survey":   into((*Reader).survey),
	"results":  into((*Reader).results),
	"depth":    into((*Reader).depth),
	"noise":    into((*Reader).noise),
	"declared": into((*Reader).declared),
	"end":      into((*Reader).end),
}

// into decodes a record of one kind and applies it.
func into[T any](apply func(*Reader, *T) error) func(*Reader, []byte) error {
	return func(r *Reader, b []byte) error {
		var record T
		if err := json.Unmarshal(b, &record); err != nil {
			return err
		}
		return apply(r, &record)
	}
}

// The fields of the records. A pointer is nil, and a slice is nil, where the
// field is absent.

type runRecord struct {
	V           int
	Nnvet       string
	T           number
	World       int
	Fw, Fwv, Py string
	Script      string
	Device      string
	Det, Seeded bool
}

type modelRecord struct {
	S    int64
	Mods []struct {
		I    int64
		N, C string
		Src  string
		Leaf bool
		A    map[string]*setting
	}
	Params []paramEntry
}

type paramEntry struct {
	I     int64
	N     string
	M     *int64
	Shape ints
	Rg    bool
}

type orphanRecord struct {
	S     int64
	I     int64
	N     string
	Src   string
	Shape ints
}

type initRecord struct {
	W         Block
	Rows, Dup ints
}

type initgradRecord struct{ I, Dup ints }

type optimRecord struct {
	I      int64
	C, Src string
	Groups []struct {
		A map[string]*setting
		P ints
	}
}

type headRecord struct {
	H         int64
	Loss, Red string
	Src       string
	Weighted  bool
	Smooth    float64
	Root      bool
	Shape     ints
	Chain     []struct {
		Op     string
		M      *int64
		Src    string
		Dim    int
		Size   int
		Lo, Hi *number
	}
}

// A Data record describes a batch of inputs or targets, by columns, or by
// classes.
type Data struct {
	S           int64
	Role, Split string
	Site        Text
	Src         string
	Layout, Dt  string
	Shape       ints
	Of, Rows    int64
	Total       int64 // rows of the whole set, 0 where unknown
	Names       []string
	Cols, N     ints
	Mean, Std   floats
	Min, Max    floats
	Nz, Nf      ints
	Whole       ints
	Classes     ints
	Ranges      *Ranges
	Rowsum      *RowSums
}

// Ranges counts targets: in all, below -1, below 0, above 0, above 1, at -1, at
// 0 and at 1.
type Ranges struct{ N, Lm1, L0, G0, G1, Am1, A0, A1 int64 }

// RowSums is the range of the sums over the columns of a row of targets.
type RowSums struct{ Lo, Hi Number }

type stepRecord struct {
	S     ints
	T     *number
	Loss  gaps
	Every int64
	Lr    []floats
	Bs    *int64
	Bw    *int64
	Clip  *clipRecord
	Ov    *number
}

type clipRecord struct {
	Max  *number
	S    ints
	Norm floats
	Src  string
	Lib  bool
}

// A Steps record is what every one of some steps leaves.
type Steps struct {
	First, Last int64
	Seconds     float64 // since the training began
	Loss        []float32
	Every       int64 // steps that a loss is the mean of
	Rate        float64
	Rows        int64 // of the last batch
	Clip        *Clipping
	Overhead    float64 // share of wall time
}

// Clipping is what gradients were clipped to, and the norms before that of some
// steps.
type Clipping struct {
	Kind string
	Max  float64
	S    []int64
	Norm []float32
	Src  string
}

// Tensors is the record of what the tensors of one step are like: weights
// before the update, gradients, updates, and outputs of layers, whose ids are
// those of layers.
type Tensors struct {
	S          int64
	W, G, U, A Block
}

type predRecord struct {
	S         int64
	H         int64
	Split     string
	Loss, Acc *number
	Mean, Std *number
}

// A Prediction record is the loss of a batch and what the loss was given.
type Prediction struct {
	S        int64
	H        int64
	Split    string
	Loss     float32
	Acc      float64 // NaN: it has none
	N        int64   // elements of the prediction; 0: not told, as it has few rows
	Mean     float64
	Std      float64
	Min, Max float64
	NF       int64
}

type unitsRecord struct {
	S          ints
	Dead       struct{ I, Dead, Units ints }
	Sat, Bound struct {
		I     ints
		Share floats
	}
}

type evalRecord struct {
	S             int64
	T             *number
	Batches, Rows int64
	H             *int64
	Loss, Acc     *number
}

type eventRecord struct {
	What  string
	S     int64
	N, Of int64
	M, P  *int64
	Src   string
	Text  string
}

type sourceRecord struct {
	File  string
	Crc   uint32
	Calls []struct {
		F, In, Src, Cut string
		Args            []struct{ N, V, Src string }
	}
}

type endRecord struct {
	S        *int64
	T        *number
	Why, Exc string
	Spent    *number
	Drops    int64
}

// A Block is a stat block of docs/trace.md: columns of equal length, or nil
// where they are absent. I and N are always there.
type Block struct {
	I    ints   `json:"i"`
	N    ints   `json:"n"`
	Mean floats `json:"mean,omitempty"`
	Std  floats `json:"std,omitempty"`
	Min  floats `json:"min,omitempty"`
	Max  floats `json:"max,omitempty"`
	L2   floats `json:"l2,omitempty"`
	NZ   ints   `json:"nz,omitempty"`
	NF   ints   `json:"nf,omitempty"`
}
