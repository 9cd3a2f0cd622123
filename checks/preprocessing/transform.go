package preprocessing

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

// transformed returns the treatment of columns: the code for a program, and
// what data.transform of an experiment file is to say. Its entry is edited
// where the file has one of the column's own.
func transformed(t *nnvet.Trace, fs []*nnvet.Feature, how, program, why string) nnvet.Treatment {
	var entries []string
	for _, f := range fs {
		entries = append(entries, entry(f)+": "+how)
	}
	out := nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: program,
		File:    fmt.Sprintf("let data.transform say {%s}: %s", strings.Join(entries, ", "), why),
	})}
	for _, f := range fs {
		if a, ok := t.Entry("transform", "inputs").Arg(f.Name); ok && f.Name != "" && a.Source.Known() {
			out.Edits = append(out.Edits, nnvet.Edit{At: a.Source, New: how})
		}
		if how == "drop" || how == "log" || how == "onehot" {
			out.Settings = append(out.Settings, inputs(f, how))
		}
	}
	return out
}

// inputs is the setting of one column.
func inputs(f *nnvet.Feature, to string) nnvet.Setting {
	site := f.Name
	if site == "" {
		site = strconv.Itoa(f.Index)
	}
	return nnvet.Setting{Name: "inputs", Site: site, From: "as it is", To: to}
}

// entry is how data.transform names a column.
func entry(f *nnvet.Feature) string {
	if f.Name != "" {
		return f.Name
	}
	return fmt.Sprintf("NAME OF COLUMN %d", f.Index)
}

// indices lists columns as an index of an array takes them.
func indices(fs []*nnvet.Feature) string {
	var out []string
	for _, f := range fs {
		out = append(out, fmt.Sprint(f.Index))
	}
	if len(out) == 1 {
		return out[0]
	}
	return "[" + strings.Join(out, ", ") + "]"
}
