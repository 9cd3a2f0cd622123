package nnvet_test

import (
	"errors"
	"math"
	"testing"

	"github.com/nnvet/nnvet"
)

func TestMomentsMergeAsIfSeenTogether(t *testing.T) {
	all := []float64{3, -1, 0, 4, 1.5, 0, 1e6, 2}
	whole := moments(all)
	for cut := range len(all) + 1 {
		got := moments(all[:cut]).Merge(moments(all[cut:]))
		if math.Abs(got.Mean-whole.Mean) > 1e-9*whole.Mean || math.Abs(got.Std-whole.Std) > 1e-9*whole.Std ||
			got.N != whole.N || got.Min != whole.Min || got.Max != whole.Max || got.Zeros != whole.Zeros || got.Whole != whole.Whole {
			t.Errorf("cut at %d: got %+v, want %+v", cut, got, whole)
		}
	}
}

// moments computes by the definition, in two passes.
func moments(values []float64) nnvet.Moments {
	m := nnvet.Moments{Min: math.Inf(1), Max: math.Inf(-1), Whole: true}
	for _, v := range values {
		m.N++
		m.Mean += v / float64(len(values))
		m.Min, m.Max = min(m.Min, v), max(m.Max, v)
		m.Whole = m.Whole && v == math.Trunc(v)
		if v == 0 {
			m.Zeros++
		}
	}
	sum := 0.0
	for _, v := range values {
		sum += (v - m.Mean) * (v - m.Mean)
	}
	if m.N > 0 {
		m.Std = math.Sqrt(sum / float64(m.N))
	}
	return m
}

func TestMomentsKeepWhatIsKnown(t *testing.T) {
	a := nnvet.Moments{N: 2, Mean: 1, Min: math.NaN(), Max: math.NaN()}
	b := nnvet.Moments{N: 2, Mean: 1, Min: -3, Max: 5}
	if got := a.Merge(b); got.Min != -3 || got.Max != 5 {
		t.Errorf("a withheld minimum hides a known one: %+v", got)
	}
	if got := (nnvet.Moments{NonFinite: 3}).Merge(b); got.NonFinite != 3 || got.N != 2 {
		t.Errorf("an all-NaN part is lost: %+v", got)
	}
}

func TestLocations(t *testing.T) {
	for _, c := range []struct {
		text string
		want nnvet.Location
	}{
		{"train.py:12", nnvet.Location{File: "train.py", Line: 12}},
		{"a/b.py:12:5:13:9", nnvet.Location{File: "a/b.py", Line: 12, Col: 5, EndLine: 13, EndCol: 9}},
		{"C:/x.py:7", nnvet.Location{File: "C:/x.py", Line: 7}},
		{"train.py", nnvet.Location{}},
		{"train.py:1:2", nnvet.Location{}},
		{"", nnvet.Location{}},
		{"x:-1", nnvet.Location{}},
	} {
		if got := nnvet.ParseLocation(c.text); got != c.want {
			t.Errorf("ParseLocation(%q) = %+v, want %+v", c.text, got, c.want)
		}
	}
}

func TestSeriesKeepOrder(t *testing.T) {
	var b nnvet.Builder
	k := nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}
	for _, step := range []int64{0, 5} {
		if err := b.Add(k, step, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Add(k, 5, 1); !errors.Is(err, nnvet.ErrOrder) {
		t.Errorf("a step twice: got %v, want ErrOrder", err)
	}
}

func TestLongSeriesAreThinned(t *testing.T) {
	var b nnvet.Builder
	k := nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}
	const n = 10 * nnvet.MaxPoints / 3
	bad := int64(n / 2)
	for i := range int64(n) {
		v := float64(i)
		if i == bad {
			v = math.NaN()
		}
		if err := b.Add(k, i, v); err != nil {
			t.Fatal(err)
		}
	}
	tr := b.Snapshot()
	s := tr.Series(k)
	if s.Len() > nnvet.MaxPoints+1 || s.Every != 4 || len(tr.Lost) != 1 {
		t.Fatalf("kept %d values, each for %d; lost %q", s.Len(), s.Every, tr.Lost)
	}
	nans := 0
	for i, v := range s.Values {
		first := s.Steps[i]
		last := min(first+s.Every, n) - 1
		switch {
		case math.IsNaN(v):
			nans++
			if first > bad || bad > last {
				t.Errorf("NaN moved to the steps %d-%d", first, last)
			}
		case math.Abs(v-float64(first+last)/2) > 1e-6:
			t.Fatalf("value %d is %v, want the mean of the steps %d-%d", i, v, first, last)
		}
	}
	if nans != 1 {
		t.Errorf("%d NaNs, want the one that was recorded", nans)
	}
}

func TestSnapshotsDoNotChange(t *testing.T) {
	var b nnvet.Builder
	k := nnvet.Key{Quantity: nnvet.Loss, Split: nnvet.Train}
	for i := range int64(nnvet.MaxPoints) {
		_ = b.Add(k, i, 1)
	}
	before := b.Snapshot()
	for i := range int64(10) {
		_ = b.Add(k, nnvet.MaxPoints+i, 2)
	}
	s := before.Series(k)
	if s.Len() != nnvet.MaxPoints || s.Every != 1 || s.Values[s.Len()-1] != 1 || s.Steps[s.Len()-1] != nnvet.MaxPoints-1 {
		t.Errorf("an earlier snapshot has changed: %d values, every %d", s.Len(), s.Every)
	}
}

func TestBaselines(t *testing.T) {
	column := func(mean, std float64) []nnvet.Column {
		return []nnvet.Column{{Moments: nnvet.Moments{N: 100, Mean: mean, Std: std}}}
	}
	for _, c := range []struct {
		name string
		loss nnvet.LossKind
		p    nnvet.Profile
		want float64 // NaN: none
	}{
		{"ten equal classes", nnvet.CrossEntropy, nnvet.Profile{Classes: []int64{5, 5, 5, 5, 5, 5, 5, 5, 5, 5}}, math.Log(10)},
		{"nine to one", nnvet.NLL, nnvet.Profile{Classes: []int64{90, 10}}, 0.3250829733914482},
		{"one class", nnvet.CrossEntropy, nnvet.Profile{Classes: []int64{90, 0}}, math.NaN()},
		{"soft targets", nnvet.CrossEntropy, nnvet.Profile{Columns: column(0.1, 0.3)}, math.NaN()},
		{"half ones", nnvet.BCELogits, nnvet.Profile{Columns: column(0.5, 0.5)}, math.Ln2},
		{"variance", nnvet.MSE, nnvet.Profile{Columns: column(152, 77)}, 77 * 77},
		{"normal deviation", nnvet.L1, nnvet.Profile{Columns: column(0, 1)}, 0.7978845608028654},
		{"too few of many", nnvet.MSE, nnvet.Profile{Columns: column(152, 77), Rows: 16, Total: 400}, math.NaN()},
		{"few, and all there are", nnvet.MSE, nnvet.Profile{Columns: column(152, 77), Rows: 16, Total: 16}, 77 * 77},
		{"unknown", "kl_div", nnvet.Profile{Columns: column(0, 1)}, math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b nnvet.Builder
			h := nnvet.Head{Name: "loss", Loss: c.loss, Reduction: "mean"}
			c.p.Role, c.p.Split, c.p.Site = nnvet.Target, nnvet.Train, "loss"
			b.Profiles = append(b.Profiles, c.p)
			got, err := b.Snapshot().Baseline(&h, nnvet.Validation)
			switch {
			case math.IsNaN(c.want) && err == nil:
				t.Errorf("got %v, want none", got)
			case !math.IsNaN(c.want) && (err != nil || math.Abs(got.Loss-c.want) > 1e-9*c.want):
				t.Errorf("got %v (%v), want %v", got.Loss, err, c.want)
			}
		})
	}
}
