package casebook

import (
	"fmt"
	"io"

	"github.com/nnvet/nnvet/internal/stat"
)

// PrintPlacebos prints how many reports call a treatment proven that cannot help,
// with the bound below which the true share is with 95 % confidence.
func PrintPlacebos(w io.Writer, all []Placebo) {
	fmt.Fprintln(w, "| told to try | reports | with a false proof | upper bound | claims | proven | worse | no effect | inconclusive | not tried | trainings a report |")
	fmt.Fprintln(w, "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |")
	line := func(name string, of func(Placebo) bool) {
		count := make(map[string]int)
		n, wrong, claims, trainings := 0, 0, 0, 0
		for _, p := range all {
			if !of(p) {
				continue
			}
			n, claims, trainings = n+1, claims+len(p.Verdicts), trainings+p.Trainings
			wrong += int(truth(p.wrong()))
			for _, v := range p.Verdicts {
				count[v]++
			}
		}
		_, hi := stat.ClopperPearson(wrong, n, 0.90) // 5 % above it
		fmt.Fprintf(w, "| %s | %d | %d, %.1f %% | %.1f %% | %d | %d | %d | %d | %d | %d | %.0f |\n", name, n, wrong, 100*float64(wrong)/float64(max(1, n)), 100*hi, claims,
			count["proven"], count["worse"], count["no effect"], count["inconclusive"], count["not tried"], float64(trainings)/float64(max(1, n)))
	}
	for _, k := range ruses {
		line(k.kind, func(p Placebo) bool { return p.Kind == k.kind })
	}
	line("of sound programs", func(p Placebo) bool { return p.Label == Sound })
	line("of faulty programs", func(p Placebo) bool { return p.Label == Faulty })
	line("**all**", func(Placebo) bool { return true })
}
