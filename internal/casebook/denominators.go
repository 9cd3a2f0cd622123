package casebook

import (
	"fmt"
	"os"
	"strings"

	"github.com/nnvet/nnvet"
)

// writeDenominators says how many cases of what there are, for people.
func writeDenominators(path string, cases []*Case) error {
	var b strings.Builder
	b.WriteString("# How many cases there are\n\nWritten by `nnvet-casebook label`. A case with two faults counts in both rows.\n")
	for _, part := range []string{Learn, Score} {
		fmt.Fprintf(&b, "\n## The part %s\n\n| pitfall | faulty cases | of them one run can show | restated among them | injected without harm |\n| --- | --- | --- | --- | --- |\n", part)
		for _, p := range nnvet.Pitfalls {
			var faulty, shown, restated, harmless int
			for _, c := range cases {
				for _, f := range c.Faults {
					switch {
					case c.Part != part || f.Pitfall != int(p):
					case c.Label != Faulty:
						harmless++
					default:
						faulty++
						shown += int(truth(f.OneRun))
						restated += int(truth(c.Group == Restated))
					}
				}
			}
			fmt.Fprintf(&b, "| %d %s | %d | %d | %d | %d |\n", int(p), p, faulty, shown, restated, harmless)
		}
		b.WriteString("\n| sound | cases | runs |\n| --- | --- | --- |\n")
		total := 0
		for _, group := range []string{Healthy, Odd, Fixed, Benign} {
			n, left := 0, 0
			for _, c := range cases {
				if c.Part == part && c.Group == group {
					n += int(truth(c.Label == Sound))
					left += int(truth(c.Label == Neither))
				}
			}
			total += n * seeds[group]
			fmt.Fprintf(&b, "| %s | %d | %d |\n", group, n, n*seeds[group])
			if left > 0 {
				fmt.Fprintf(&b, "| %s, but not sound in truth: left out | %d | 0 |\n", group, left)
			}
		}
		fmt.Fprintf(&b, "| together | | %d |\n", total)
	}
	b.WriteString("\n## The benign changes\n\n")
	for _, c := range cases {
		if c.Group == Benign {
			fmt.Fprintf(&b, "- %s (%s, skill lost %g)\n", c.Name, c.Label, c.Lost)
		}
	}
	b.WriteString("\n## Injected faults that did no harm\n\nThey are kept as hard negatives: whoever flags them flags a pattern.\n\n")
	harmless := make(map[string]int)
	var order []string
	for _, c := range cases {
		if c.Group == Injected && c.Label == Sound {
			_, change, _ := strings.Cut(c.Name, "/")
			if harmless[change] == 0 {
				order = append(order, change)
			}
			harmless[change]++
		}
	}
	for _, change := range order {
		fmt.Fprintf(&b, "- %s: %d\n", change, harmless[change])
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
