package tracefile

import (
	"math"
	"strconv"
)

// A frequent record writes its own JSON, since reflection takes several times
// as long, and reaches a reader in this process without any.
type frequent interface {
	encode(b []byte) []byte
	apply(r *Reader) error
}

func (d *Data) apply(r *Reader) error { return r.data(d) }

func (d *Data) encode(b []byte) []byte {
	o := begin(b, "data").whole("s", d.S).text("role", d.Role).text("split", d.Split).text("site", string(d.Site))
	if d.Src != "" {
		o = o.text("src", d.Src)
	}
	o = o.text("layout", d.Layout).text("dt", d.Dt).wholes("shape", d.Shape).whole("of", d.Of).whole("rows", d.Rows)
	if d.Total > 0 {
		o = o.whole("total", d.Total)
	}
	if d.Names != nil {
		o = o.texts("names", d.Names)
	}
	o = o.wholes("cols", d.Cols).wholes("n", d.N).reals("mean", d.Mean).reals("std", d.Std).reals("min", d.Min).reals("max", d.Max)
	o = o.wholes("nz", d.Nz).wholes("nf", d.Nf).wholes("whole", d.Whole).wholes("classes", d.Classes)
	if t := d.Ranges; t != nil {
		o = o.open("ranges").whole("n", t.N).whole("lm1", t.Lm1).whole("l0", t.L0).whole("g0", t.G0).whole("g1", t.G1)
		o = o.whole("am1", t.Am1).whole("a0", t.A0).whole("a1", t.A1).end()
	}
	if t := d.Rowsum; t != nil {
		o = o.open("rowsum").real("lo", float64(t.Lo)).real("hi", float64(t.Hi)).end()
	}
	return o.end()
}

func (p *Prediction) apply(r *Reader) error {
	loss, acc, mean, std := number(p.Loss), number(p.Acc), number(p.Mean), number(p.Std)
	rec := predRecord{S: p.S, H: p.H, Split: p.Split, Loss: &loss}
	if !math.IsNaN(p.Acc) {
		rec.Acc = &acc
	}
	if p.N > 0 {
		rec.Mean, rec.Std = &mean, &std
	}
	return r.prediction(&rec)
}

func (p *Prediction) encode(b []byte) []byte {
	o := begin(b, "pred").whole("s", p.S).whole("h", p.H).text("split", p.Split)
	o = o.six("loss", float64(p.Loss))
	if !math.IsNaN(p.Acc) {
		o = o.six("acc", p.Acc)
	}
	if p.N > 0 {
		o = o.whole("n", p.N).six("mean", p.Mean).six("std", p.Std).six("min", p.Min).six("max", p.Max).whole("nf", p.NF)
	}
	return o.end()
}

func (s *Steps) apply(r *Reader) error {
	seconds, overhead, backwards := number(s.Seconds), number(s.Overhead), int64(1)
	rec := stepRecord{S: ints{s.First, s.Last}, T: &seconds, Loss: make(gaps, len(s.Loss)), Every: s.Every,
		Lr: []floats{{s.Rate}}, Bs: &s.Rows, Bw: &backwards, Ov: &overhead}
	for i, v := range s.Loss {
		rec.Loss[i] = gap{float64(v), true}
	}
	if c := s.Clip; c != nil {
		limit := number(c.Max)
		rec.Clip = &clipRecord{Max: &limit, S: c.S, Norm: make(floats, len(c.Norm)), Src: c.Src}
		for i, v := range c.Norm {
			rec.Clip.Norm[i] = float64(v)
		}
	}
	return r.step(&rec)
}

func (s *Steps) encode(b []byte) []byte {
	o := begin(b, "step").wholes("s", ints{s.First, s.Last}).real("t", s.Seconds)
	o = sixes(o, "loss", s.Loss)
	if s.Every > 1 {
		o = o.whole("every", s.Every)
	}
	o = append(strconv.AppendFloat(append(o.name("lr"), "[["...), s.Rate, 'g', -1, 64), "]]"...)
	o = o.whole("bs", s.Rows).whole("bw", 1)
	if c := s.Clip; c != nil {
		o = sixes(o.open("clip").text("kind", c.Kind).real("max", c.Max).wholes("s", c.S), "norm", c.Norm)
		if c.Src != "" {
			o = o.text("src", c.Src)
		}
		o = o.end()
	}
	return o.real("ov", s.Overhead).end()
}

// The records that follow are few, but some are long: only in memory do they
// take another way.

func (s *Survey) apply(r *Reader) error  { return r.survey(s) }
func (p *Results) apply(r *Reader) error { return r.results(p) }
func (d *Depth) apply(r *Reader) error   { return r.depth(d) }

func (s *Survey) encode(b []byte) []byte  { return reflected(b, s) }
func (p *Results) encode(b []byte) []byte { return reflected(b, p) }
func (d *Depth) encode(b []byte) []byte   { return reflected(b, d) }

func reflected(b []byte, record any) []byte {
	j, _ := encode(record) // the records above have nothing that JSON has not
	return append(b, j...)
}

func (n *Noise) apply(r *Reader) error { return r.noise(n) }

func (n *Noise) encode(b []byte) []byte {
	return begin(b, "noise").whole("s", n.S).six("row", float64(n.Row)).six("batch", float64(n.Batch)).end()
}

func (t *Tensors) apply(r *Reader) error { return r.tensors(t) }

func (t *Tensors) encode(b []byte) []byte {
	o := begin(b, "tens").whole("s", t.S)
	return o.block("w", &t.W).block("g", &t.G).block("u", &t.U).block("a", &t.A).end()
}

// block writes a stat block, or nothing where it is absent.
func (o object) block(name string, s *Block) object {
	if len(s.I) == 0 {
		return o
	}
	o = o.open(name).wholes("i", s.I).wholes("n", s.N)
	o = o.reals("mean", s.Mean).reals("std", s.Std).reals("min", s.Min).reals("max", s.Max).reals("l2", s.L2)
	o = o.wholes("nz", s.NZ).wholes("nf", s.NF)
	return o.end()
}
