package save

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prepare"
)

// PredictOptions say how predictions are written.
type PredictOptions struct {
	Keys []string // columns of the data that stand before the prediction, to know the rows by
}

// Predictions say what came of the rows.
type Predictions struct {
	Rows int
	Lost int      // rows whose prediction is empty since the network gave NaN or infinity for them
	Said []string // what the rows hold that training did not show, a sentence each
}

// Predict writes a prediction for every row of the data, in its order, as CSV
// with a header. The data need not have a target. Rows are read and written as
// they come, so the files may be larger than memory.
func (m *Model) Predict(ctx context.Context, w io.Writer, data *dataset.Source, o PredictOptions) (Predictions, error) {
	p, err := m.predictor(w, data, o)
	if err != nil {
		return Predictions{}, err
	}
	if err = data.Scan(ctx, p.batch); err == nil {
		err = p.head() // of no rows
	}
	p.out.Flush()
	return p.done, errors.Join(err, p.out.Error())
}

// Columns returns the names of the columns that the model was trained with.
func (m *Model) Columns() []string {
	if m.About.Preparation == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(m.About.Preparation.Kinds()))
}

// atOnce is how many rows the network is given at a time: enough for its
// products to be fast.
const atOnce = 256

type predictor struct {
	network *engine.Network
	width   int // numbers in a row of the input
	about   About
	answer  *Answer
	keys    []int    // their columns
	header  []string // until it is written
	out     *csv.Writer
	record  []string
	done    Predictions
}

func (m *Model) predictor(w io.Writer, data *dataset.Source, o PredictOptions) (*predictor, error) {
	if m.About.Preparation == nil {
		return nil, errors.New("the model does not say how its data was prepared; train it again from a table")
	}
	n, err := m.Network(atOnce)
	if err != nil {
		return nil, err
	}
	p := &predictor{
		network: n, width: m.Spec.Input.Size(), about: m.About,
		answer: NewAnswer(m.Spec.Loss.Kind, m.About.Preparation, n.Outputs().Size()), out: csv.NewWriter(w),
	}
	for column, kind := range m.About.Preparation.Kinds() {
		data.Expect(column, kind)
	}
	columns := data.Columns()
	for _, name := range o.Keys {
		i := slices.IndexFunc(columns, func(f dataset.Field) bool { return f.Name == name })
		switch {
		case i < 0:
			return nil, fmt.Errorf("key %s: the data has no such column; its first is %s", name, columns[0].Name)
		case columns[i].Kind == dataset.Array:
			return nil, fmt.Errorf("key %s: an array is no key; name a column of numbers or texts", name)
		}
		p.keys = append(p.keys, i)
	}
	p.header = append(slices.Clone(o.Keys), p.answer.header()...)
	return p, nil
}

// head writes the header, once: not before the first rows turn out to be such
// as can be predicted.
func (p *predictor) head() error {
	header := p.header
	if p.header = nil; header == nil {
		return nil
	}
	return p.out.Write(header)
}

// batch predicts the rows of a batch.
func (p *predictor) batch(b *dataset.Batch) error {
	table := &dataset.Table{Columns: b.Columns, Rows: b.Rows}
	x, _, err := p.about.Preparation.Inputs(table, nil)
	if err != nil {
		return inBatch(b, err)
	}
	p.say(b, p.about.Preparation.Unfamiliar(table, nil, b.Place))
	size := p.network.Outputs().Size()
	for from := 0; from < b.Rows; from += atOnce {
		rows := min(atOnce, b.Rows-from)
		out := p.network.Forward(x[from*p.width:(from+rows)*p.width], rows, false)
		if err := p.network.Err(); err != nil { // which counts these rows from 0
			return fmt.Errorf("%s: %w", rowsOf(b, from, rows), err)
		}
		if err := p.head(); err != nil {
			return err
		}
		for i := range rows {
			if err := p.row(b, from+i, out[i*size:(i+1)*size]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *predictor) row(b *dataset.Batch, i int, out []float32) error {
	p.record = p.record[:0]
	for _, k := range p.keys {
		p.record = append(p.record, key(&b.Columns[k], i))
	}
	var ok bool
	p.record, ok = p.answer.fields(p.record, out)
	p.done.Rows++
	if !ok {
		p.done.Lost++
	}
	return p.out.Write(p.record)
}

// say keeps the first sentences, with the rows that they are about.
func (p *predictor) say(b *dataset.Batch, sentences []string) {
	const most = 20
	for _, s := range sentences {
		if len(p.done.Said) < most {
			p.done.Said = append(p.done.Said, rowsOf(b, 0, b.Rows)+": "+s)
		}
	}
}

// inBatch says in which file something is wrong, and counts its row in the
// file and not in the batch.
func inBatch(b *dataset.Batch, err error) error {
	if at := (*prepare.RowError)(nil); errors.As(err, &at) {
		return fmt.Errorf("%s: %s, column %s: %w", b.File, b.Place(at.Row-1), at.Column, at.Err)
	}
	return fmt.Errorf("%s: %w", b.File, err)
}

// rowsOf says which rows of which file some rows of a batch are.
func rowsOf(b *dataset.Batch, from, rows int) string {
	first := b.First + int64(from)
	if rows == 1 {
		return fmt.Sprintf("%s: row %d", b.File, first)
	}
	return fmt.Sprintf("%s: rows %d to %d", b.File, first, first+int64(rows)-1)
}

// key writes the value of a column as the file may have had it; nothing where
// it is missing.
func key(c *dataset.Column, row int) string {
	switch c.Kind {
	case dataset.Category, dataset.Text:
		if code := c.Codes[row]; code >= 0 {
			return c.Levels[code]
		}
		return ""
	}
	v := c.Numbers[row]
	switch {
	case v != v:
		return ""
	case c.Kind == dataset.Date:
		return time.Unix(0, int64(v*1e9)).UTC().Format(time.RFC3339Nano)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
