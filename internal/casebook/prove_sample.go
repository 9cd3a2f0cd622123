package casebook

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// Sample returns at most n faulty cases of a part: as many of each pitfall as
// there are, in turn, by a checksum of their names, of tasks that the pitfall
// has least of; cheap ones first.
func Sample(cases []*Case, part, only string, n int) ([]*Case, error) {
	byPitfall := make(map[int][]*Case)
	cost := make(map[*Case]float64)
	for _, c := range chosen(cases, part, only, Faulty) {
		price, err := c.price()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		if cost[c] = price; only == "" && price > dear {
			continue
		}
		p := c.Faults[0].Pitfall
		byPitfall[p] = append(byPitfall[p], c)
	}
	var out []*Case
	tasks := make(map[string]int)
	for taken := true; taken && len(out) < n; {
		taken = false
		for _, p := range nnvet.Pitfalls {
			left := byPitfall[int(p)]
			if len(left) == 0 || len(out) == n {
				continue
			}
			at := 0
			for i, c := range left { // sorted by checksum: the first of those whose task was taken least
				if tasks[c.Task] < tasks[left[at].Task] {
					at = i
				}
			}
			tasks[left[at].Task]++
			out = append(out, left[at])
			byPitfall[int(p)] = slices.Delete(slices.Clone(left), at, at+1)
			taken = true
		}
	}
	slices.SortStableFunc(out, func(a, b *Case) int { return cmp.Compare(cost[a], cost[b]) })
	return out, nil
}

// SampleBehind returns the at most n cases that a sample would go on with after
// its first ones: those that nobody looked at who looked at the first.
func SampleBehind(cases []*Case, part, only string, first, n int) ([]*Case, error) {
	seen, err := Sample(cases, part, only, first)
	if err != nil {
		return nil, err
	}
	all, err := Sample(cases, part, only, first+n)
	return slices.DeleteFunc(all, func(c *Case) bool { return slices.Contains(seen, c) }), err
}

// chosen returns the cases of a part and of a label, by a checksum of their names.
func chosen(cases []*Case, part, only string, labels ...string) []*Case {
	out := slices.DeleteFunc(slices.Clone(cases), func(c *Case) bool {
		return c.Part != part || !slices.Contains(labels, c.Label) || !strings.Contains(c.Name, only)
	})
	slices.SortStableFunc(out, func(a, b *Case) int { return cmp.Compare(checksum(a.Name), checksum(b.Name)) })
	return out
}

func checksum(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// dear is the price, in parameters times rows, past which a training is left out
// of a sample: a case takes more than a hundred of them.
const dear = 3e8

// price returns what a training costs: its parameters, for each row of each
// epoch.
func (c *Case) price() (float64, error) {
	t, err := c.make(rowsOf).build()
	if err != nil {
		return 0, err
	}
	n, err := engine.New(t.Spec, 1)
	if err != nil {
		return 0, err
	}
	weights := 0
	for _, p := range n.Params() {
		weights += len(p.Value)
	}
	if slices.ContainsFunc(t.Spec.Layers, func(n engine.Node) bool { _, ok := n.Layer.(*engine.Conv2D); return ok }) {
		weights *= t.Spec.Input.Size() // each weight is used at each pixel
	}
	steps := float64(t.Spec.Epochs) * float64(t.Train.Rows) / float64(max(1, t.Spec.Batch))
	const overhead = 3e4 // of a step, in the same unit
	return float64(weights)*float64(t.Spec.Epochs)*float64(t.Train.Rows) + steps*overhead, nil
}
