package report

import (
	"testing"

	"github.com/nnvet/nnvet"
)

// TestNumberedColumns holds that the first cause shown that calls a column by
// its number, and no other, says from where columns are counted.
func TestNumberedColumns(t *testing.T) {
	check := &nnvet.Check{ID: "NN0101"}
	named := nnvet.Finding{Check: check, Message: "column bmi has std 79"}
	first := nnvet.Finding{Check: check, Message: "largest", Evidence: []nnvet.Evidence{{What: "largest std (column 1)"}}}
	second := nnvet.Finding{Check: check, Message: "columns 3, 4 are codes"}
	v := &view{groups: []group{{cause: named}, {cause: first}, {cause: second}}}
	for i, want := range []bool{false, true, false} {
		if got := v.numbersColumns(v.groups[i].cause); got != want {
			t.Errorf("%q: %v, want %v", v.groups[i].cause.Message, got, want)
		}
	}
}
