package casebook

import (
	"slices"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/prove"
)

func learnCases(t *testing.T) []*Case {
	t.Helper()
	tables, err := ReadTables(t.Context(), "../../examples/data")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := Labelled("../../casebook", tables)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestSample(t *testing.T) {
	cases := learnCases(t)
	first, err := Sample(cases, Learn, "", 22)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Sample(cases, Learn, "", 22)
	if err != nil || !slices.Equal(first, again) {
		t.Errorf("a sample that was drawn again is another: %v", err)
	}
	count := make(map[int]int)
	for _, c := range first {
		count[c.Faults[0].Pitfall]++
		if c.Part != Learn || c.Label != Faulty {
			t.Errorf("%s is %s of the part %s", c.Name, c.Label, c.Part)
		}
	}
	for _, p := range nnvet.Pitfalls {
		if count[int(p)] != 2 {
			t.Errorf("%d cases of pitfall %d, want 2 of each of the 11", count[int(p)], p)
		}
	}
}

// one returns the case of a name.
func one(t *testing.T, name string) *Case {
	t.Helper()
	all := learnCases(t)
	i := slices.IndexFunc(all, func(c *Case) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no case %s", name)
	}
	return all[i]
}

// TestMend mends one program in every way, which takes a second.
func TestMend(t *testing.T) {
	made, err := mend(t.Context(), one(t, "moons/softmax-of-one"))
	if err != nil {
		t.Fatal(err)
	}
	if a := made[0]; a.By != ByNnvet || !a.Mends() || a.Check != "NN0706" || a.Trainings == 0 {
		t.Errorf("nnvet: %+v", a)
	}
	for _, a := range made[1:] {
		if a.Trainings > max(leastBudget, made[0].Trainings) {
			t.Errorf("%s took %d trainings, nnvet %d", a.By, a.Trainings, made[0].Trainings)
		}
	}
}

func TestTrainedAgain(t *testing.T) {
	p, err := provableOf(one(t, "moons/softmax-of-one").make)
	if err != nil {
		t.Fatal(err)
	}
	loss := func(v prove.Variant, seed int64) float64 {
		s, _, err := p.scored(t.Context(), v, seed)
		if err != nil {
			t.Fatal(err)
		}
		return s[0].Loss
	}
	higher, err := p.with(nil, nil, []nnvet.Setting{{Name: "final activation", To: "sigmoid"}})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := loss(nil, 1), loss(nil, 1); a != b {
		t.Errorf("the same seed: %v and %v", a, b)
	}
	if a, b := loss(higher, 1), loss(higher, 2); a == b {
		t.Errorf("two seeds have the same loss, %v", a)
	}
	if a, b := loss(nil, 3), loss(higher, 3); !(b < a) {
		t.Errorf("a sigmoid in the place of a softmax of one: %v, before %v", b, a)
	}
	twice, err := p.with(higher, nil, []nnvet.Setting{{Name: "lr", To: "0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := twice.Key(), "final activation = sigmoid; then lr = 0.1"; got != want {
		t.Errorf("key %q, want %q", got, want)
	}
}

func TestTreatable(t *testing.T) {
	list, err := ReadUntreatable("../../casebook")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"plane/labels-shuffled+lr-over": false, "risk/splits-differ-2.5": false, "wine/sentinel-0.03": true, "R11": true, "moons/inputs-raw": true,
	} {
		if (&Case{Name: name}).Treatable(list) != want {
			t.Errorf("%s: treatable is %v, want %v", name, !want, want)
		}
	}
}
