package casebook

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/prove"
)

// A Placebo is a proof of a treatment that cannot help.
type Placebo struct {
	Case       string  `json:"case"`
	Label      string  `json:"label"`
	Kind       string  `json:"kind"`
	Verdict    string  `json:"verdict"`
	Difference float64 `json:"difference"`
	Pairs      int     `json:"pairs"`
}

// placebos are treatments that change what a training happens to draw, and
// nothing that matters.
var placebos = []struct {
	kind  string
	treat func(p *provable, r *rand.Rand) (*variant, error)
}{
	{"learning rate 1 % higher", func(p *provable, _ *rand.Rand) (*variant, error) {
		o, err := p.start.of.Spec.Optimizer.Filled()
		if err != nil {
			return nil, err
		}
		return p.with(nil, nil, []nnvet.Setting{{Name: "lr", To: strconv.FormatFloat(o.LR*1.01, 'g', -1, 64)}})
	}},
	{"other seeds", func(p *provable, _ *rand.Rand) (*variant, error) {
		return &variant{key: "other seeds", of: p.start.of, shift: 1 << 20}, nil
	}},
	{"columns in another order", func(p *provable, r *rand.Rand) (*variant, error) {
		v := &variant{key: "columns in another order", of: p.start.of}
		width := v.of.Spec.Input.Last()
		order := r.Perm(width)
		for _, d := range []*engine.Data{&v.of.Train, &v.of.Val} {
			x := make([]float32, len(d.X))
			for i := range x {
				x[i] = d.X[i/width*width+order[i%width]]
			}
			d.X = x
		}
		v.of.Names = nil
		return v, nil
	}},
}

// Placebos proves at least n treatments that cannot help, on sound and faulty
// cases in turn, cheap ones first. Each has fresh seeds on both sides.
func Placebos(ctx context.Context, cases []*Case, part, only string, n, workers int, each func(Placebo)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var all []*Case
	for _, label := range []string{Faulty, Sound} {
		group := chosen(cases, part, only, label)
		price := make(map[*Case]float64)
		for _, c := range group {
			p, err := c.price()
			if err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
			price[c] = p
		}
		group = slices.DeleteFunc(group, func(c *Case) bool { return price[c] > cheap })
		half := (n + 2*len(placebos) - 1) / (2 * len(placebos))
		all = append(all, group[:min(len(group), half)]...)
	}
	return parallel(ctx, workers, len(all), func(ctx context.Context, i int) error {
		for k := range placebos {
			made, err := placebo(ctx, all[i], k)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", all[i].Name, placebos[k].kind, err)
			}
			each(made)
		}
		return nil
	})
}

// cheap is the price past which a case is left out of placebos.
const cheap = 3e7

func placebo(ctx context.Context, c *Case, k int) (Placebo, error) {
	out := Placebo{Case: c.Name, Label: c.Label, Kind: placebos[k].kind}
	p, err := provableOf(c.make)
	if err != nil {
		return out, err
	}
	p.known = nil // a survey changes no score
	v, err := placebos[k].treat(p, rand.New(rand.NewPCG(checksum(c.Name), uint64(k))))
	if err != nil {
		return out, err
	}
	base, _, err := p.scored(ctx, nil, 1)
	if err != nil {
		return out, err
	}
	y, err := prove.Choose(base, nil)
	if err != nil {
		return out, err
	}
	p.first = int64(firstProven + 100*k)
	claim, used, err := p.claim(ctx, y, nil, v)
	out.Verdict, out.Difference, out.Pairs = claim.Verdict.String(), round(claim.Difference), used/2
	return out, err
}
