package subject

import (
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine/record"
	"github.com/nnvet/nnvet/internal/near"
)

// missing says that a group names a column that the table has not.
func missing(groups []nnvet.ColumnGroup, t *dataset.Table) error {
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	for i, g := range groups {
		for _, name := range g.Columns {
			if !slices.Contains(names, name) {
				return &dataset.SettingError{Key: fmt.Sprintf("groups.%d.columns", i), Name: name,
					Err: fmt.Errorf("there is no column %s%s", name, near.Among(name, names))}
			}
		}
	}
	return nil
}

// declared is what the file says about the data, of inputs as the network is fed
// them: a column that is an array is several, and one that was left out none.
func (e *Experiment) declared() nnvet.Declared {
	d := nnvet.Declared{Goal: e.File.Goal}
	features := e.Preparation.Features()
	for _, g := range e.File.Data.Groups {
		fed := nnvet.ColumnGroup{Name: g.Name, Unit: g.Unit}
		for _, name := range g.Columns {
			for _, f := range features {
				if f.Column == name && f.Name != name+" missing" {
					fed.Columns = append(fed.Columns, f.Name)
				}
			}
		}
		if fed.Columns != nil {
			d.Groups = append(d.Groups, fed)
		}
	}
	return d
}

// recording is what the trace of a training on the data says beside what the
// network knows.
func (t *Training) recording() record.Options {
	o := record.Options{
		Version: t.Version, Script: t.script(), Text: t.File.Text, Calls: t.File.Calls(), Fed: t.fed(), Declared: t.declared(),
	}
	for _, f := range t.Preparation.Features() {
		o.Columns = append(o.Columns, f.Name)
	}
	as := new(record.Scales)
	as.Scale, as.Shift = t.Preparation.Scales()
	if t.facts.Classes == 0 {
		o.Decode = t.Preparation.Decode
		if scale, linear := t.Preparation.Units(); linear {
			as.Units = scale
		}
	}
	o.Survey = record.Survey(t.Plan.Spec, t.train, t.val, o, as)
	return o
}
