package casebook

import "github.com/nnvet/nnvet"

// A Control is what another way of judging makes of a trace: the pitfalls that
// it names, first what it would name first. None is silence.
type Control struct {
	Name     string `json:"name"`
	Pitfalls []int  `json:"pitfalls,omitempty"`
}

type control struct {
	name  string
	judge func(t *nnvet.Trace) Control
}

var controls = []control{
	{"constant guess", func(*nnvet.Trace) Control { return Control{"constant guess", []int{int(nnvet.LearningRate)}} }},
	{"AutoTrainer", func(t *nnvet.Trace) Control { return Control{"AutoTrainer", autoTrainer(t)} }},
	{"DeepDiagnosis", func(t *nnvet.Trace) Control { return Control{"DeepDiagnosis", deepDiagnosis(t)} }},
}
