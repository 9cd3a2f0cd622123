package prepare

import "github.com/nnvet/nnvet/internal/dataset"

// leastCounted is how many rows a column must count to be taken for a counter
// of them: fewer may be the steps of a small series (convention).
const leastCounted = 20

// countsRows reports a column that numbers the rows of the table in their
// order, from 0 or 1. A network that reads it can only learn the order of the
// file, which the rows to predict are not part of.
func countsRows(c *dataset.Column) bool {
	if c.Kind != dataset.Number || len(c.Numbers) < leastCounted || c.Numbers[0] != 0 && c.Numbers[0] != 1 {
		return false
	}
	for row, v := range c.Numbers {
		if v != c.Numbers[0]+float64(row) {
			return false
		}
	}
	return true
}

// withoutCounters returns the inputs without those that count the rows. One
// stays where a transform names it, or where it is all that there is: then the
// order is what is to be learned.
func (p Plan) withoutCounters(t *dataset.Table, n *notes) []*dataset.Column {
	var others, counters []*dataset.Column
	for _, c := range p.inputs(t) {
		if _, named, _ := p.of(c); !named && countsRows(c) {
			counters = append(counters, c)
		} else {
			others = append(others, c)
		}
	}
	if len(others) == 0 {
		return counters
	}
	for _, c := range counters {
		n.group("column", c.Name, "left out, since it counts the rows")
	}
	return others
}
