package prepare

import (
	"errors"
	"fmt"
	"math"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/near"
	"github.com/nnvet/nnvet/internal/plural"
)

// Bytes returns the memory that the inputs of so many rows take.
func (p *Preparation) Bytes(rows int) int64 {
	bytes := 4 * float64(rows) * float64(p.width()) // a float64 does not overflow
	return int64(min(bytes, math.MaxInt64/2))
}

// fits reports rows that need more memory than may be taken.
func (p *Preparation) fits(rows int) error {
	limit := p.maxBytes
	if limit == 0 {
		limit = dataset.FreeMemory() / 2
	}
	if need := p.Bytes(rows); need > limit {
		return fmt.Errorf("%s of %s take %s, and %s may be used: use fewer rows or columns, or allow more memory",
			plural.Of(rows, "row"), plural.Of(p.width(), "feature"), dataset.Size(need), dataset.Size(limit))
	}
	return nil
}

// Inputs returns the inputs of some rows of a table, one row after the other,
// and the shape of a row. Nil stands for all rows. The table need not be the
// one that was fitted to: its columns may stand in any order and be of another
// kind that holds the same values.
func (p *Preparation) Inputs(t *dataset.Table, rows []int) (x []float32, shape []int, err error) {
	writers, err := p.bind(t)
	if err != nil {
		return nil, nil, err
	}
	if rows == nil {
		rows = allRows(t.Rows)
	}
	if err := p.fits(len(rows)); err != nil {
		return nil, nil, err
	}
	x = make([]float32, len(rows)*p.width())
	at := 0
	for _, row := range rows {
		for i, w := range writers {
			if err := w.write(row, x[at:at+w.width]); err != nil {
				return nil, nil, inColumn(p.inputs[i].Name, atRow(row, err))
			}
			at += w.width
		}
	}
	return x, p.Shape(), nil
}

// Kinds returns what the inputs were in training, by column: what
// [dataset.Source.Expect] takes for the rows to predict.
func (p *Preparation) Kinds() map[string]dataset.Kind {
	kinds := make(map[string]dataset.Kind, len(p.inputs))
	for i := range p.inputs {
		switch in := &p.inputs[i]; {
		case in.Categories != nil:
			kinds[in.Name] = dataset.Category
		case in.Dates != nil:
			kinds[in.Name] = dataset.Date
		case in.Numbers.Shape != nil:
			kinds[in.Name] = dataset.Array
		default:
			kinds[in.Name] = dataset.Number
		}
	}
	return kinds
}

// A bound input writes its features from a column of a table.
type bound struct {
	write writer
	width int
}

func (p *Preparation) bind(t *dataset.Table) ([]bound, error) {
	columns := byName(t)
	if err := p.absent(t, columns); err != nil {
		return nil, err
	}
	writers := make([]bound, len(p.inputs))
	for i := range p.inputs {
		in := &p.inputs[i]
		w, err := in.encoder().bind(columns[in.Name])
		if err != nil {
			return nil, err
		}
		writers[i] = bound{w, in.encoder().width()}
	}
	return writers, nil
}

// absent reports the inputs that a table does not have, the first three with
// the name that may be meant.
func (p *Preparation) absent(t *dataset.Table, columns map[string]*dataset.Column) error {
	const explained = 3
	var errs []error
	missing := 0
	for i := range p.inputs {
		name := p.inputs[i].Name
		if columns[name] != nil {
			continue
		}
		if missing++; missing <= explained {
			errs = append(errs, fmt.Errorf("there is no column %s, which the network was trained with%s", name, near.Among(name, names(t))))
		}
	}
	if missing > explained {
		errs = append(errs, fmt.Errorf("nor %d more", missing-explained))
	}
	return errors.Join(errs...)
}

// Targets returns the targets of some rows: numbers for a regression, labels
// for a classification. Nil stands for all rows. A row without a target, or
// with a class for which the network has no output, is an error.
func (p *Preparation) Targets(t *dataset.Table, rows []int) (y []float32, labels []int32, err error) {
	c := t.Column(p.target.Name)
	if c == nil {
		return nil, nil, fmt.Errorf("target: there is no column %s%s", p.target.Name, near.Among(p.target.Name, names(t)))
	}
	if rows == nil {
		rows = allRows(t.Rows)
	}
	if p.target.Numbers == nil {
		labels, err = p.labels(c, rows)
	} else {
		y, err = p.values(c, rows)
	}
	if err != nil {
		return nil, nil, inTarget(p.target.Name, err)
	}
	return y, labels, nil
}

func (p *Preparation) labels(c *dataset.Column, rows []int) ([]int32, error) {
	find, ok := newCoder(c, p.target.Classes)
	if !ok {
		return nil, fmt.Errorf("%s, but classes in training", holds(c))
	}
	out := make([]int32, len(rows))
	for i, row := range rows {
		switch out[i] = find.at(row); out[i] {
		case noValue:
			return nil, atRow(row, errNoTarget)
		case unknown:
			return nil, atRow(row, fmt.Errorf("%s is none of the classes (%s): the network has no output for it: leave the row out, or train with such rows",
				textAt(c, row), among(p.target.Classes)))
		}
	}
	return out, nil
}

var errNoTarget = errors.New("the target is missing: leave the row out")

// textAt writes the value of a number or a text.
func textAt(c *dataset.Column, row int) string {
	switch {
	case c.Kind == dataset.Number:
		return numberName(c.Numbers[row])
	case c.Codes[row] >= 0:
		return fmt.Sprintf("%.40q", c.Levels[c.Codes[row]])
	}
	return "the text"
}

func (p *Preparation) values(c *dataset.Column, rows []int) ([]float32, error) {
	n := p.target.Numbers
	if !n.fitsTarget(c) {
		return nil, notNumbers(c)
	}
	if c.Percent != n.Percent {
		return nil, n.otherSign()
	}
	width := n.elements()
	out := make([]float32, len(rows)*width)
	for i, row := range rows {
		missing, err := badTarget(c, row)
		if missing {
			err = errNoTarget
		}
		if err != nil {
			return nil, atRow(row, err)
		}
		for j := range width {
			if out[i*width+j], err = n.scaled(elementOf(c, row, j), j%len(n.Shift)); err != nil {
				return nil, atRow(row, err)
			}
		}
	}
	return out, nil
}

// fitsTarget reports whether a column holds what the target was made of.
func (n *numbers) fitsTarget(c *dataset.Column) bool {
	if n.Shape != nil {
		return c.Kind == dataset.Array && extent(c.Shape) == n.elements()
	}
	return c.Kind == dataset.Number || c.Kind == dataset.Date
}

// Usable returns the rows of a table that have a target. An infinite one
// counts: [Preparation.Targets] names it.
func (p *Preparation) Usable(t *dataset.Table) []int {
	rows := []int{} // not nil, which stands for all
	c := t.Column(p.target.Name)
	if c == nil {
		return rows
	}
	for row := range t.Rows {
		if missing, _ := badTarget(c, row); !missing {
			rows = append(rows, row)
		}
	}
	return rows
}

// Unfamiliar says, a sentence each, what some rows hold that training did not
// show: unknown levels, and values missing where none was. Nil stands for all
// rows. Place says where a row of the table is; without it rows are counted
// from 1.
func (p *Preparation) Unfamiliar(t *dataset.Table, rows []int, place func(row int) string) []string {
	if place == nil {
		place = func(row int) string { return fmt.Sprintf("row %d", row+1) }
	}
	if rows == nil {
		rows = allRows(t.Rows)
	}
	columns := byName(t)
	var out []string
	for i := range p.inputs {
		c := columns[p.inputs[i].Name]
		if c == nil {
			continue // Inputs reports it
		}
		if s := p.inputs[i].encoder().unfamiliar(c, rows, place); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Decode returns the outputs of a regression in the units of the table.
func (p *Preparation) Decode(y []float32) []float64 {
	out := make([]float64, len(y))
	n := p.target.Numbers
	for i, v := range y {
		if n == nil {
			out[i] = float64(v)
			continue
		}
		out[i] = n.unscaled(v, i%len(n.Shift))
	}
	return out
}

// Units returns, for each output of a regression, the difference in the units
// of the table that a difference of 1 in the output is. It is false where the
// target went through a logarithm, so that there is no such figure.
func (p *Preparation) Units() (scale []float64, linear bool) {
	n := p.target.Numbers
	if n == nil {
		return nil, false
	}
	for j := range n.elements() {
		scale = append(scale, n.Scale[j%len(n.Scale)])
	}
	return scale, !n.Log
}

// Scales returns what turns each feature back into a number of the table,
// x*scale + shift; a scale of 0 where there is no such number, or where it went
// through a logarithm.
func (p *Preparation) Scales() (scale, shift []float64) {
	for i := range p.inputs {
		in := &p.inputs[i]
		n := in.Numbers
		for j := range in.encoder().width() {
			switch {
			case n == nil, n.Missing && j == n.elements(): // 0 or 1
				scale, shift = append(scale, 1), append(shift, 0)
			case n.Log:
				scale, shift = append(scale, 0), append(shift, 0)
			default:
				c := j % len(n.Shift)
				scale, shift = append(scale, n.Scale[c]), append(shift, n.Shift[c])
			}
		}
	}
	return scale, shift
}

// Indicators returns labels as the numbers that losses on probabilities take:
// 0 or 1 where the network has one output, and else a row of zeros with a 1 at
// the label.
func Indicators(labels []int32, outputs int) []float32 {
	if outputs == 1 {
		out := make([]float32, len(labels))
		for i, label := range labels {
			out[i] = float32(label)
		}
		return out
	}
	out := make([]float32, len(labels)*outputs)
	for i, label := range labels {
		out[i*outputs+int(label)] = 1
	}
	return out
}
