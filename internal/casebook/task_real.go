package casebook

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
)

// Tables are the real tables that the repository ships, by file.
type Tables map[string]*dataset.Table

var realFiles = []string{"wine.csv", "breast_cancer.csv", "diabetes.csv", "digits.npz"}

// ReadTables reads the real tables in a directory.
func ReadTables(ctx context.Context, dir string) (Tables, error) {
	t := make(Tables)
	for _, name := range realFiles {
		table, err := dataset.Load(ctx, filepath.Join(dir, name), dataset.Options{})
		if err != nil {
			return nil, err
		}
		t[name] = table
	}
	return t, nil
}

func (t Tables) tasks() []Task {
	if len(t) == 0 {
		return nil
	}
	return []Task{
		{"wine", "three cultivars by 13 measurements (178 real rows)", Learn, 0.7, func(seed int64) *Program {
			p := sound(real("wine", seed, t["wine.csv"], "cultivar"), engine.CrossEntropy)
			p.Optimizer.LR, p.Net.Hidden, p.Epochs, p.Batch = 0.002, []int{16}, 30, 16
			return p
		}},
		{"cells", "malignant or benign by 30 measurements (569 real rows)", Score, 0.6, func(seed int64) *Program {
			p := sound(real("cells", seed, t["breast_cancer.csv"], "diagnosis"), engine.BCELogits)
			p.Optimizer.LR, p.Net.Hidden, p.Epochs = 0.001, []int{16}, 15
			return p
		}},
		{"diabetes", "a disease a year later by 10 measurements (442 real rows)", Learn, 0.2, func(seed int64) *Program {
			p := sound(real("diabetes", seed, t["diabetes.csv"], "progression"), engine.MSE)
			p.Optimizer, p.Net.Hidden, p.Epochs = sgd(0.01, 0), []int{16}, 25
			return p
		}},
		{"digits", "handwritten digits of 8x8 pixels (1797 real rows)", Score, 0.8, func(seed int64) *Program {
			p := sound(digits(seed, t["digits.npz"]), engine.CrossEntropy)
			p.Epochs = 12
			return p
		}},
	}
}

// real is a table of numbers and one target, its rows in an order of the seed.
func real(name string, seed int64, t *dataset.Table, target string) *Table {
	order := source(name, seed).Perm(t.Rows)
	out := &Table{Train: t.Rows * 4 / 5, Rows: t.Rows}
	for _, c := range t.Columns {
		values := make([]float64, t.Rows)
		for i, row := range order {
			if c.Kind == dataset.Category {
				values[i] = float64(c.Codes[row])
			} else {
				values[i] = c.Numbers[row]
			}
		}
		if c.Name != target {
			out.Columns = append(out.Columns, Column{Name: c.Name, Values: values})
			continue
		}
		out.Targets = []Column{{Name: c.Name, Values: values}}
		if c.Kind == dataset.Category {
			out.Goal, out.Classes = Class, len(c.Levels)
		}
	}
	return out
}

func digits(seed int64, t *dataset.Table) *Table {
	order := source("digits", seed).Perm(t.Rows)
	image, digit := t.Column("image"), t.Column("digit")
	columns := make([]Column, 64)
	for k := range columns {
		columns[k] = Column{Name: fmt.Sprintf("pixel%d", k), Kind: Pixel, Values: make([]float64, t.Rows)}
		for i, row := range order {
			columns[k].Values[i] = float64(image.Values[row*64+k]) * 255 / 16
		}
	}
	labels := make([]float64, t.Rows)
	for i, row := range order {
		labels[i] = digit.Numbers[row]
	}
	return classes(columns, slices.Clone(labels), 10, t.Rows*4/5)
}
