package prepare

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/near"
)

// A Plan says what is asked of a data set: the target, how the rows are
// divided, and what becomes of the columns. Only Target must be set.
type Plan struct {
	Target     string
	Task       Task                 // "" decides by the target
	Amounts    Amounts              // that the loss takes of a regression; "" for any numbers
	Transforms map[string]Transform // by column; [Rest] for the inputs that are not named, which the target is not
	Exclude    []string             // columns that are left out
	Split      SplitPlan
	MaxBytes   int64 // memory that the inputs may take; 0 for half of what is free
}

// A Task is what a network is to learn.
type Task string

// The tasks.
const (
	Classification Task = "classification" // one of a few classes
	Regression     Task = "regression"     // numbers
)

// Tasks lists every task.
func Tasks() []Task { return []Task{Classification, Regression} }

// Check reports what is wrong with a plan whatever the data.
func (p Plan) Check() error {
	switch {
	case p.Target == "":
		return errors.New("target: it is not named: say which column the network is to predict")
	case p.Task != "" && !slices.Contains(Tasks(), p.Task):
		return about("task", "", fmt.Errorf("task: %q is none of %s", p.Task, among(texts(Tasks()))))
	case p.MaxBytes < 0:
		return fmt.Errorf("memory: %d bytes: it must be above 0, or 0 for half of what is free", p.MaxBytes)
	case slices.Contains(p.Exclude, p.Target):
		return about("exclude", p.Target, fmt.Errorf("exclude: %s is the target", p.Target))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Transforms)) {
		if t := p.Transforms[name]; !slices.Contains(Transforms(), t) {
			return fmt.Errorf("transform: %s: unknown transform %q%s", name, t, near.Among(string(t), texts(Transforms())))
		}
	}
	return about("split", "", p.Split.check())
}

// targetTransforms lists what a target of numbers can take.
var targetTransforms = [...]Transform{Standardize, MinMax, Log, None}

// against reports names in a plan that a table does not have.
func (p Plan) against(t *dataset.Table) error {
	if err := p.Check(); err != nil {
		return err
	}
	columns := byName(t)
	known := func(where, name string) error {
		switch {
		case columns[name] != nil:
			return nil
		case slices.Contains(t.Unread, name):
			return about(where, name, fmt.Errorf("%s: column %s is not among those that are read: add it to columns", where, name))
		}
		return about(where, name, fmt.Errorf("%s: there is no column %s%s", where, name, near.Among(name, slices.Concat(names(t), t.Unread))))
	}
	if err := known("target", p.Target); err != nil {
		return err
	}
	for _, name := range p.Exclude {
		if slices.Contains(t.Unread, name) {
			continue // left out already
		}
		if err := known("exclude", name); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Transforms)) {
		if name == Rest {
			continue
		}
		if err := known("transform", name); err != nil {
			return err
		}
	}
	if p.Split.by() == ByGroup {
		if err := known("split", p.Split.Group); err != nil {
			return about(groupKey, "", err)
		}
	}
	return nil
}

// inputs returns the columns of a table that the plan does not leave out. The
// column of groups is left out unless it is named: it says where a row is
// from, which a network must not learn.
func (p Plan) inputs(t *dataset.Table) []*dataset.Column {
	out := make(map[string]bool)
	for _, name := range p.Exclude {
		out[name] = true
	}
	if _, named := p.Transforms[p.Split.Group]; p.Split.by() == ByGroup && !named {
		out[p.Split.Group] = true
	}
	var in []*dataset.Column
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Name != p.Target && !out[c.Name] {
			in = append(in, c)
		}
	}
	return in
}

func byName(t *dataset.Table) map[string]*dataset.Column {
	m := make(map[string]*dataset.Column, len(t.Columns))
	for i := range t.Columns {
		m[t.Columns[i].Name] = &t.Columns[i]
	}
	return m
}

func names(t *dataset.Table) []string {
	out := make([]string, len(t.Columns))
	for i := range t.Columns {
		out[i] = t.Columns[i].Name
	}
	return out
}

func texts[T ~string](ts []T) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = string(t)
	}
	return out
}

func allRows(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}
