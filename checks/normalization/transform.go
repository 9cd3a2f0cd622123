package normalization

import (
	"slices"
	"strconv"

	"github.com/nnvet/nnvet"
)

// standardize returns the treatment of inputs: what a program is to do, or
// what data.transform of an experiment file is to say.
func standardize(t *nnvet.Trace, program string) nnvet.Treatment {
	out := nnvet.Treatment{Action: t.Say(nnvet.Words{Program: program, File: `let data.transform standardize the columns: "*": standardize`}),
		Settings: []nnvet.Setting{{Name: "inputs", From: "as they are", To: "standardize"}}}
	var raw []nnvet.Arg
	if c := t.Entry("transform", "inputs"); c != nil {
		raw = slices.DeleteFunc(slices.Clone(c.Args), func(a nnvet.Arg) bool { return a.Text != "none" })
	}
	if len(raw) == 1 && raw[0].Name == "*" { // one that is named may hold no numbers
		out.Edits = []nnvet.Edit{{At: raw[0].Source, New: "standardize"}}
	}
	return out
}

// of returns the setting of one column.
func of(c nnvet.Column, to string) []nnvet.Setting {
	site := c.Name
	if site == "" {
		site = strconv.Itoa(c.Index)
	}
	return []nnvet.Setting{{Name: "inputs", Site: site, From: "as it is", To: to}}
}

// coded points to what writes the code of a treatment: it takes every column.
func coded(p *nnvet.Profile) string {
	if len(p.Columns) < p.Of {
		return ""
	}
	return "; `nnvet recipe` writes the code"
}

// restore returns the treatment of a target.
func restore(t *nnvet.Trace, program string) nnvet.Treatment {
	out := nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: program,
		File:    "let data.transform standardize the target, as without its entry; predictions come in its own units all the same",
	}), Settings: []nnvet.Setting{{Name: "targets", From: "as they are", To: "standardize"}}}
	if c := t.Entry("transform", "target"); c != nil {
		out.Edits = []nnvet.Edit{{At: c.Source, New: "standardize"}}
	}
	return out
}

// mostlyZeros is the share of zeros past which rows are sparse, as counts of
// words are: each column's own deviation makes the rare ones as loud as the common.
const mostlyZeros = 0.5

// unsparse returns the treatment of inputs that are mostly zero.
func unsparse(t *nnvet.Trace) nnvet.Treatment {
	return nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: "divide each column by its largest size among the training rows, x / np.abs(x_train).max(axis=0), so that zeros stay zeros",
			File:    "divide each column by its largest value, so that zeros stay zeros: data.transform, \"*\": minmax, of columns that begin at 0",
		}),
		Settings: []nnvet.Setting{{Name: "inputs", From: "as they are", To: "maxabs"}},
	}
}
