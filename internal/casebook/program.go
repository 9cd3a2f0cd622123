package casebook

import (
	"fmt"
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine"
)

// A Program is a training as somebody wrote it: a table, how it is fed, a
// network, and how that is trained.
type Program struct {
	Table     *Table
	Encoding  Encoding
	Feed      []func(*Fed, *rand.Rand) // what happens to the rows on their way, in order
	Net       Net
	Loss      engine.Loss
	Optimizer engine.Optimizer
	Schedule  engine.Schedule
	Clip      engine.Clip
	Augment   []engine.Augment
	Batch     int
	Epochs    int
	KeepOrder bool
	Blind     bool // nothing is validated
	Seed      int64
}

// rows returns the training rows of the table.
func (p *Program) rows() int { return p.Table.Train }

// A Training is a program ready to run.
type Training struct {
	Spec       engine.Spec
	Train, Val engine.Data
	Names      []string // of the columns
	judge      judge
}

// build feeds the table and makes the network.
func (p *Program) build() (*Training, error) {
	f := feed(p.Table, p.Encoding)
	if p.Loss.Kind != "" && !p.Loss.Kind.Labels() && p.Table.Goal == Class && f.Train.Y == nil {
		f.OneHot()
	}
	rng := rand.New(rand.NewPCG(uint64(p.Seed), 0xfeed))
	for _, change := range p.Feed {
		change(f, rng)
	}
	t := &Training{Names: f.Names}
	n := p.Net
	if n.Outputs == 0 {
		n.Outputs = len(f.Train.Y)
		if p.Loss.Kind.Labels() {
			n.Outputs = p.Table.Classes
		}
	}
	input := p.Table.Shape
	if input == nil || len(f.Names) != input.Size() {
		input = engine.Shape{len(f.Names)}
	}
	t.Spec = engine.Spec{
		Input: input, Layers: n.nodes(), Loss: p.Loss, Optimizer: p.Optimizer, Schedule: p.Schedule, Clip: p.Clip,
		Augment: p.Augment, Batch: p.Batch, Epochs: p.Epochs, KeepOrder: p.KeepOrder, Seed: p.Seed,
	}
	labels := p.Loss.Kind.Labels()
	t.Train, t.Val = f.Train.data(labels), f.Val.data(labels)
	t.judge = judge{goal: p.Table.Goal, loss: p.Loss.Kind, angle: f.angle, raw: p.Encoding.RawAngle, smoothed: p.Loss.Smoothing > 0, val: f.Val}
	if p.Table.Goal == Class && f.Val.Of == nil {
		return nil, fmt.Errorf("classes got lost")
	}
	return t, nil
}

// data lays the rows of a part out as the engine takes them.
func (p *Part) data(labels bool) engine.Data {
	d := engine.Data{Rows: p.Rows, X: interleave(p.X, p.Rows)}
	if !labels {
		d.Y = interleave(p.Y, p.Rows)
		return d
	}
	for _, c := range p.Of {
		d.Labels = append(d.Labels, int32(c))
	}
	return d
}

func interleave(columns [][]float64, rows int) []float32 {
	out := make([]float32, rows*len(columns))
	for c, values := range columns {
		for r, v := range values {
			out[r*len(columns)+c] = float32(v)
		}
	}
	return out
}
