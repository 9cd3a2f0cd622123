package casebook

import "strings"

// seeds are how many runs of a case are judged, by its group.
var seeds = map[string]int{Healthy: 20, Odd: 3, Injected: 2, Restated: 10, Fixed: 10, Benign: 10}

// firstJudged is the first seed that is judged: others than those that the
// labels were measured on would tell less about them.
const firstJudged = 1

// Choose returns the runs of a part of the casebook, of the smoke part alone, or
// of the cases whose name contains a text, from so many seeds, or as many as
// their group has.
func Choose(cases []*Case, part string, smoke bool, only string, n int) []Order {
	var out []Order
	for i, c := range cases {
		if c.Part != part || !strings.Contains(c.Name, only) || smoke && !c.smoke(i) || c.Label == Neither {
			continue
		}
		count := n
		if count == 0 {
			count = seeds[c.Group]
			if smoke {
				count = 1
			}
		}
		for seed := range count {
			out = append(out, Order{Case: c, Seed: firstJudged + int64(seed), Judge: true})
		}
	}
	return out
}

// smoke reports whether a case is in the smoke part: everything that is sound,
// and a sixth of what is faulty.
func (c *Case) smoke(i int) bool { return c.Label == Sound && c.Group != Injected || i%6 == 0 }
