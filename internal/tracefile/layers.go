package tracefile

import (
	"errors"

	"github.com/nnvet/nnvet"
)

// A Depth record is how a batch fares on its way through the layers. Any of
// its columns may be absent.
type Depth struct {
	K    string `json:"k"` // "depth"
	S    int64  `json:"s"`
	I    ints   `json:"i"` // modules
	Cos  floats `json:"cos,omitempty"`
	Rank floats `json:"rank,omitempty"`
	Grad floats `json:"grad,omitempty"`
}

func (r *Reader) depth(rec *Depth) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	if err := sameLengths(len(rec.I), rec.Cos, rec.Rank, rec.Grad); err != nil {
		return err
	}
	for j, id := range rec.I {
		name := r.layer(id)
		if name == "" {
			continue
		}
		r.addFrom(nnvet.ActCosine, name, rec.S, rec.Cos, j)
		r.addFrom(nnvet.ActRank, name, rec.S, rec.Rank, j)
		r.addFrom(nnvet.ActGrad, name, rec.S, rec.Grad, j)
	}
	return nil
}

// A Noise record is how far the gradients of single rows are from their mean.
type Noise struct {
	K     string `json:"k"` // "noise"
	S     int64  `json:"s"`
	Row   number `json:"row"`
	Batch number `json:"batch"`
}

func (r *Reader) noise(rec *Noise) error {
	if err := checkStep(rec.S); err != nil {
		return err
	}
	r.add(nnvet.RowGrad, "", "", rec.S, float64(rec.Row))
	r.add(nnvet.BatchGrad, "", "", rec.S, float64(rec.Batch))
	return nil
}

// declared takes what a person said about the data.
func (r *Reader) declared(rec *declaredRecord) error {
	if len(rec.Groups) > mostSurveyed {
		return errors.New("groups without end")
	}
	d := &r.b.Declared
	for _, g := range rec.Groups {
		d.Groups = append(d.Groups, nnvet.ColumnGroup{Name: g.Name, Unit: g.Unit, Columns: g.Cols})
	}
	if g := rec.Goal; g != nil {
		d.Goal = &nnvet.Goal{Metric: g.Metric, Below: g.Below, Value: float64(g.Value), Source: nnvet.ParseLocation(g.Src)}
	}
	return nil
}

type declaredRecord struct {
	Groups []struct {
		Name, Unit string
		Cols       []string
	}
	Goal *struct {
		Metric string
		Below  bool
		Value  number
		Src    string
	}
}
