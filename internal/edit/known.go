package edit

import (
	"encoding/json"

	"github.com/nnvet/nnvet"
)

// known is what a change at run time needs of a trace, as the probe reads it.
type known struct {
	Root    string        `json:"root"` // class of the network that was fed
	Inputs  *knownFigures `json:"inputs,omitempty"`
	Targets *knownFigures `json:"targets,omitempty"`
	Loss    string        `json:"loss"` // "" where there is not one alone
	Steps   int64         `json:"steps"`
}

type knownFigures struct {
	Mean     []string `json:"mean"`
	Scale    []string `json:"scale"`
	Channels bool     `json:"channels"` // one figure a channel, the second dimension
}

// Known returns what the probe needs to make a treatment at run time: the same
// figures that an edit would write into the file. They are JSON.
func Known(t *nnvet.Trace) json.RawMessage {
	k := known{Inputs: figuresFor(inputsOf(t)), Targets: figuresFor(targetsOf(t)), Steps: t.Run.Steps}
	if root := rootOf(t); root != nil {
		k.Root = root.Kind
	}
	for _, h := range t.Heads {
		if k.Loss != "" && k.Loss != string(h.Loss) {
			k.Loss = ""
			break
		}
		k.Loss = string(h.Loss)
	}
	b, err := json.Marshal(k)
	if err != nil {
		return nil // strings and numbers have no other form
	}
	return b
}

func figuresFor(f *figures) *knownFigures {
	if f == nil {
		return nil
	}
	return &knownFigures{f.Mean, f.Scale, f.Shape != ""}
}
