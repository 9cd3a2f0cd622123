package tracefile

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/nnvet/nnvet"
)

// mergeRanks merges the traces of the processes that trained one network, the
// lowest rank first. Series are averaged step by step over the ranks that have
// the step, profiles are merged, and all else is the lowest rank's.
func mergeRanks(ranks []*nnvet.Trace) *nnvet.Trace {
	first := ranks[0]
	b := nnvet.Builder{Trace: nnvet.Trace{
		Run: first.Run, Layers: first.Layers, Params: first.Params, Optimizers: first.Optimizers,
		Heads: first.Heads, Calls: first.Calls, Profiles: allProfiles(ranks), Events: allEvents(ranks),
		Surveys: first.Surveys, Predictions: first.Predictions, Graph: first.Graph, Declared: first.Declared,
	}}
	var keys []nnvet.Key
	every := make(map[nnvet.Key]int64)
	for _, k := range allKeys(ranks) {
		keys = append(keys, k)
		every[k] = average(&b, k, ranks)
	}
	t := b.Snapshot()
	t.Lost = nil // it counts what was averaged, not what was recorded
	for _, k := range keys {
		s := t.Series(k)
		if s.Every *= every[k]; s.Every > 1 {
			t.Lost = append(t.Lost, fmt.Sprintf("%v: each value stands for %d recorded ones", k, s.Every))
		}
	}
	return t
}

// allKeys returns the keys of the ranks' series in the order of quantities and
// of the first rank that has them.
func allKeys(ranks []*nnvet.Trace) []nnvet.Key {
	var keys []nnvet.Key
	seen := make(map[nnvet.Key]bool)
	for _, q := range nnvet.Quantities {
		for _, t := range ranks {
			for s := range t.All(q.Name) {
				if !seen[s.Key] {
					seen[s.Key] = true
					keys = append(keys, s.Key)
				}
			}
		}
	}
	return keys
}

// A point is the sum of the ranks' values at a step.
type point struct {
	step int64
	sum  float64
	n    float64
}

// average adds the average of the ranks' series to the builder. It returns how
// many recorded values of a rank each value stands for: the most of any rank,
// to which the others are brought.
func average(b *nnvet.Builder, k nnvet.Key, ranks []*nnvet.Trace) (every int64) {
	every = 1
	for _, t := range ranks {
		if s := t.Series(k); s != nil {
			every = max(every, s.Every)
		}
	}
	var sum []point
	for _, t := range ranks {
		if s := t.Series(k); s != nil {
			sum = addPoints(sum, coarsen(s, int(every/s.Every)))
		}
	}
	for _, p := range sum {
		_ = b.Add(k, p.step, p.sum/p.n) // steps increase
	}
	return every
}

// coarsen returns the means of each n values of a series, at the first's step.
func coarsen(s *nnvet.Series, n int) []point {
	out := make([]point, 0, s.Len()/n+1)
	for i := 0; i < s.Len(); i += n {
		group := s.Values[i:min(i+n, s.Len())]
		sum := 0.0
		for _, v := range group {
			sum += v
		}
		out = append(out, point{s.Steps[i], sum / float64(len(group)), 1})
	}
	return out
}

// addPoints adds up points by step.
func addPoints(a, b []point) []point {
	if len(a) == 0 {
		return b
	}
	all := append(a, b...)
	slices.SortStableFunc(all, func(x, y point) int { return cmp.Compare(x.step, y.step) })
	out := all[:1]
	for _, p := range all[1:] {
		if last := &out[len(out)-1]; last.step == p.step {
			last.sum, last.n = last.sum+p.sum, last.n+p.n
			continue
		}
		out = append(out, p)
	}
	return out
}

func allProfiles(ranks []*nnvet.Trace) []nnvet.Profile {
	var all profiles
	for _, t := range ranks {
		for _, p := range t.Profiles {
			all.add(p)
		}
	}
	return all.list()
}

// allEvents returns the events of the first rank, and those that only others
// saw: one rank's shard may hold the one bad row.
func allEvents(ranks []*nnvet.Trace) []nnvet.Event {
	type place struct {
		kind nnvet.EventKind
		site string
	}
	var out []nnvet.Event
	seen := make(map[place]int) // the rank that saw it first
	for rank, t := range ranks {
		for _, e := range t.Events {
			at := place{e.Kind, e.Site}
			if by, ok := seen[at]; ok && by != rank {
				continue
			}
			seen[at] = rank
			out = append(out, e)
		}
	}
	return out
}
