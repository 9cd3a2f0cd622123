package casebook

import (
	"fmt"
	"io"
	"slices"

	"github.com/nnvet/nnvet"
)

// PrintProofs prints what each way of mending came to, as Markdown.
func PrintProofs(w io.Writer, all []*Attempt) {
	ways := []string{ByNnvet, ByChance, ByRepairs}
	fmt.Fprintf(w, "| | %s | %s | %s |\n| --- | --: | --: | --: |\n", ways[0], ways[1], ways[2])
	row := func(name string, of func([]*Attempt) string) {
		fmt.Fprintf(w, "| %s |", name)
		for _, way := range ways {
			fmt.Fprintf(w, " %s |", of(slices.DeleteFunc(slices.Clone(all), func(a *Attempt) bool { return a.By != way })))
		}
		fmt.Fprintln(w)
	}
	row("cases", func(as []*Attempt) string { return fmt.Sprint(len(as)) })
	row("something was tried", share(func(a *Attempt) bool { return a.Tried }))
	row("**first fix proven and closes 80 %**", share((*Attempt).Mends))
	treated := func(as []*Attempt) []*Attempt {
		return slices.DeleteFunc(slices.Clone(as), func(a *Attempt) bool { return !a.Treatable })
	}
	row("of those that can be treated: first proven and closes 80 %", func(as []*Attempt) string { return share((*Attempt).Mends)(treated(as)) })
	row("of those that can be treated: proven fixes close 80 % together", func(as []*Attempt) string { return share((*Attempt).heals)(treated(as)) })
	row("first fix proven", share(func(a *Attempt) bool { return a.Proven }))
	row("any fix proven", share(func(a *Attempt) bool { return a.Any }))
	row("proven fixes close 80 % together", share((*Attempt).heals))
	row("of those tried: first proven and closes 80 %", func(as []*Attempt) string {
		return share((*Attempt).Mends)(slices.DeleteFunc(slices.Clone(as), func(a *Attempt) bool { return !a.Tried }))
	})
	row("trainings a case, mean", func(as []*Attempt) string {
		sum := 0
		for _, a := range as {
			sum += a.Trainings
		}
		return fmt.Sprintf("%.0f", float64(sum)/float64(max(1, len(as))))
	})
	for _, p := range nnvet.Pitfalls {
		row(fmt.Sprintf("%d %s", int(p), p), func(as []*Attempt) string {
			return share((*Attempt).Mends)(slices.DeleteFunc(slices.Clone(as), func(a *Attempt) bool { return a.Pitfall != int(p) }))
		})
	}
}

// share returns how many attempts are so, of how many.
func share(is func(*Attempt) bool) func([]*Attempt) string {
	return func(as []*Attempt) string {
		n := 0
		for _, a := range as {
			n += int(truth(is(a)))
		}
		if len(as) == 0 {
			return "-"
		}
		return fmt.Sprintf("%d of %d, %.2f", n, len(as), float64(n)/float64(len(as)))
	}
}
