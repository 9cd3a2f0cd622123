package record

import (
	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

type eventRecord struct {
	K    string `json:"k"`
	What string `json:"what"`
	S    int64  `json:"s"`
	N    int    `json:"n"`
	P    *int64 `json:"p,omitempty"`
	Src  string `json:"src,omitempty"`
	Text string `json:"text"`
}

// nonfinite reports what first was not finite.
func (r *Recorder) nonfinite(s *engine.Step) {
	n := r.trainer.Network
	from := s.Origin()
	e := eventRecord{K: "event", What: string(nnvet.NonFinite), S: s.Number, N: 1, Text: from.What}
	switch from.What {
	case "parameter":
		if s.Number > 0 { // they began finite
			e.Text = "update"
		}
	case "operation":
		class := "other"
		if from.Layer >= 0 {
			l := n.Layers()[from.Layer]
			class, e.Src = l.Class, place(l.Source)
		}
		e.Text = "operation " + operation(class)
	case "":
		e.Text = "gradient" // their norm overflows, and none of them does
	}
	if from.Param >= 0 {
		id := int64(from.Param)
		e.P = &id
	}
	if e.Src == "" && e.P == nil {
		e.Src = place(r.trainer.Spec.Loss.Source)
	}
	r.put(e)
}
