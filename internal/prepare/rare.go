package prepare

import (
	"fmt"
	"strings"

	"github.com/nnvet/nnvet/internal/plural"
)

// hardlyLearnt is below how many rows a class is said to be rare (convention):
// with the usual shares none of them may be left to score it by.
const hardlyLearnt = 5

// sayRare says which classes no training row shows, or hardly a row, and in
// which parts their rows lie. The outputs of those that cannot be learned stay,
// so that the score counts their rows as wrong.
func (g *goal) sayRare(s *Split, n *notes) {
	if g.task != Classification {
		return
	}
	names := [...]string{"training", "validation", "test"}
	parts := make([][len(names)]int, len(g.levels))
	for part, rows := range [...][]int{s.Train, s.Val, s.Test} {
		for _, row := range rows {
			parts[g.coder.at(row)][part]++
		}
	}
	for i, l := range g.levels {
		var in []string
		for part, rows := range parts[i] {
			if rows > 0 {
				in = append(in, fmt.Sprintf("%d in %s", rows, names[part]))
			}
		}
		trained, all := parts[i][0], parts[i][0]+parts[i][1]+parts[i][2]
		where := strings.Join(in, ", ")
		if len(in) == 1 {
			where = strings.TrimPrefix(where, fmt.Sprintf("%d ", all))
		}
		class := fmt.Sprintf("%q (%s, %s)", l.name, plural.Of(all, "row"), where)
		switch {
		case trained == 0:
			n.group("class", class, "cannot be learned without training rows, and the score counts it as wrong")
		case all < hardlyLearnt:
			n.group("class", class, "too few rows to learn from")
		}
	}
}
