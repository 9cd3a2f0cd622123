package casebook

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/nnvet/nnvet"
)

// groups are those that false alarms are counted in.
var groups = []string{Healthy, Odd, Fixed, Benign, "harmless"}

// Print prints a board for people.
func (b *Board) Print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, cell func(s *Marks) string) {
		fmt.Fprintf(w, "%s\t", name)
		for _, s := range b.Scores {
			fmt.Fprintf(w, "%s\t", cell(s))
		}
		fmt.Fprintln(w)
	}
	row("", func(s *Marks) string { return s.Name })
	for _, p := range nnvet.Pitfalls {
		row(fmt.Sprintf("%d %s", int(p), p), func(s *Marks) string { return recall(s.Pitfalls[p]) })
	}
	row("recall, macro", func(s *Marks) string { return recall(s.Seen) })
	row("first cause right", func(s *Marks) string { return recall(s.First) })
	row("abstained", func(s *Marks) string { return recall(s.Abstained) })
	row("precision of causes", func(s *Marks) string { return percent(s.Precision) })
	row("recall of causes", func(s *Marks) string { return percent(s.Recall) })
	row("F1 of causes", func(s *Marks) string { return percent(s.F1) })
	for _, g := range groups {
		row("alarms: "+g, func(s *Marks) string {
			r, ok := s.Alarms[g]
			if !ok {
				return "-"
			}
			return fmt.Sprintf("%s of %d", percent(r.share()), r.Of)
		})
	}
	w.Flush()
	first := b.Scores[0]
	fmt.Fprintf(out, "\n%d runs; %d of sound cases did not learn in truth, or overfitted, and count neither way. Recall, first cause and silence: where one run can show it (cases) | all (cases).\n", b.Runs, b.Unhealthy)
	var lines []string
	for _, task := range slices.Sorted(maps.Keys(first.ByTask)) {
		if r := first.ByTask[task]; r.Alarmed > 0 {
			lines = append(lines, fmt.Sprintf("%s %d/%d", task, r.Alarmed, r.Of))
		}
	}
	fmt.Fprintf(out, "Healthy and odd runs that alarm, by task: %s (no others of %d tasks).\n", orNone(lines), len(first.ByTask))
	lines = nil
	for _, id := range slices.Sorted(maps.Keys(b.Wrong)) {
		lines = append(lines, fmt.Sprintf("%s %d", id, b.Wrong[id]))
	}
	fmt.Fprintf(out, "Checks behind them, those of mended and benign programs too: %s.\n", orNone(lines))
}

func orNone(lines []string) string {
	if len(lines) == 0 {
		return "none"
	}
	return strings.Join(lines, ", ")
}

func recall(f [2]Figure) string {
	one := func(f Figure) string {
		if f.Cases == 0 {
			return "-"
		}
		return fmt.Sprintf("%.2f (%d)", f.Mean, f.Cases)
	}
	return one(f[0]) + " | " + one(f[1])
}

func percent(v float64) string { return fmt.Sprintf("%.1f%%", 100*v) }
