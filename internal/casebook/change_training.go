package casebook

import (
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine"
)

// rate returns a change that multiplies the learning rate by the dose.
func rate(p *Program, dose float64) { p.Optimizer.LR *= dose }

// trainingFaults are those of pitfalls 4 to 6: what is wrong with how the
// network is trained.
var trainingFaults = []Change{
	// Few rows, a wide network and many passes.
	{Name: "overfit", Faults: []Fault{fault(4, "0401", "0402", "0404")}, Doses: []float64{60, 100, 160}, Fits: small, Rise: true, Apply: func(p *Program, dose float64) {
		p.first(int(dose))
		p.Epochs = p.Epochs * 600 / int(dose)
		if dense(p) {
			p.Net.Hidden = stack(2, 96)
		}
	}},
	{Name: "decay", Faults: []Fault{fault(4, "0403", "0407")}, Doses: []float64{0.3, 0.1, 1}, Fits: always, Apply: func(p *Program, dose float64) { p.Optimizer.Decay = dose }},
	{Name: "dropout", Faults: []Fault{fault(4, "0405", "0403")}, Doses: []float64{0.8, 0.9}, Fits: always, Apply: func(p *Program, dose float64) { p.Net.Dropout = dose }},
	{Name: "dropout-at-end", Faults: []Fault{fault(4, "0405")}, Doses: []float64{0.5, 0.7}, Fits: always, Apply: func(p *Program, dose float64) {
		p.Net.End = append(p.Net.End, &engine.Dropout{Rate: dose})
	}},
	{Name: "noise", Faults: []Fault{fault(4, "0403", "0209")}, Doses: []float64{2, 4}, Fits: measurements, Apply: func(p *Program, dose float64) {
		p.Augment = append(p.Augment, engine.Augment{Kind: "noise", Amount: dose})
	}},

	{Name: "full-batch", Faults: []Fault{fault(5, "0501", "0503")}, Fits: always, Apply: func(p *Program, _ float64) { p.Batch = p.rows() }},
	{Name: "batch-part", Faults: []Fault{fault(5, "0501", "0503")}, Doses: []float64{2, 4}, Fits: always, Apply: func(p *Program, dose float64) { p.Batch = p.rows() / int(dose) }},
	{Name: "batch-one", Faults: []Fault{fault(5, "0502", "0601")}, Doses: []float64{3, 10}, Fits: always, Apply: func(p *Program, dose float64) {
		p.Batch, p.Epochs = 1, max(2, p.Epochs/8)
		rate(p, dose)
	}},
	{Name: "batch-norm-of-two", Faults: []Fault{fault(5, "0502")}, Fits: dense, Apply: func(p *Program, _ float64) { p.Net.Norm, p.Batch, p.Epochs = "batch", 2, max(2, p.Epochs/4) }},

	{Name: "lr-times", Faults: []Fault{fault(6, "0601")}, Doses: []float64{1000, 100, 30}, Fits: always, Apply: rate},
	// So little too high that nothing blows up.
	{Name: "lr-ten-times", Faults: []Fault{fault(6, "0601")}, Doses: []float64{10}, Fits: always, Apply: rate},
	{Name: "lr-over", Faults: []Fault{fault(6, "0602", "0503")}, Doses: []float64{100, 1000, 10}, Fits: always, Apply: func(p *Program, dose float64) { rate(p, 1/dose) }},
	{Name: "clipped", Faults: []Fault{fault(6, "0603", "0601")}, Doses: []float64{100, 1000}, Fits: always, Apply: func(p *Program, dose float64) {
		rate(p, dose)
		p.Clip.Norm = 0.01
	}},
	{Name: "schedule-to-zero", Faults: []Fault{fault(6, "0605", "0602")}, Doses: []float64{0.1, 0.3}, Fits: always, Apply: func(p *Program, dose float64) {
		p.Schedule = engine.Schedule{Kind: "exponential", Factor: dose}
	}},
	{Name: "warmup-only", Faults: []Fault{fault(6, "0605", "0602", "0503")}, Fits: always, Apply: func(p *Program, _ float64) {
		p.Schedule = engine.Schedule{Warmup: int64(50 * p.Epochs * (1 + p.rows()/p.Batch))}
	}},
	{Name: "adam-eps", Faults: []Fault{fault(6, "0606", "0602")}, Doses: []float64{1, 10}, Fits: always, Apply: func(p *Program, dose float64) {
		p.Optimizer = engine.Optimizer{Kind: "adam", LR: 0.003, Eps: dose}
	}},
	{Name: "momentum", Faults: []Fault{fault(6, "0606", "0601")}, Doses: []float64{0.999}, Fits: func(p *Program) bool { return p.Optimizer.Kind == "sgd" }, Apply: func(p *Program, dose float64) {
		p.Optimizer.Momentum = dose
	}},
	{Name: "few-epochs", Faults: []Fault{fault(6, "0602", "0503")}, Doses: []float64{1, 2}, Fits: always, Apply: func(p *Program, dose float64) { p.Epochs = int(dose) }},
	{Name: "outlier-targets", Faults: []Fault{fault(6, "0604", "0103", "0214")}, Doses: []float64{100, 1000}, Fits: amounts, Apply: feeding(func(f *Fed, dose float64, r *rand.Rand) {
		for range max(1, f.Train.Rows/200) {
			f.Train.Y[0][r.IntN(f.Train.Rows)] = dose
		}
	})},
}

// first keeps so many of the training rows.
func (p *Program) first(rows int) {
	t := p.Table
	rows = min(rows, t.Train)
	val := t.cut(t.Train, t.Rows)
	short := t.cut(0, rows)
	for k := range short.Columns {
		short.Columns[k].Values = append(clone(short.Columns[k].Values), val.Columns[k].Values...)
	}
	for k := range short.Targets {
		short.Targets[k].Values = append(clone(short.Targets[k].Values), val.Targets[k].Values...)
	}
	short.Train, short.Rows = rows, rows+val.Rows
	p.Table = short
}
