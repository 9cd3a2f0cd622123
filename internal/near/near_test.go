package near

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	settings := []string{"lr", "decay", "momentum", "dampening", "nesterov", "eps"}
	columns := []string{"median_income", "total_rooms", "größe", "SalePrice", "Id"}
	for _, tt := range []struct {
		name  string
		known []string
		want  string
	}{
		{"l", settings, "lr"},
		{"rl", settings, "lr"}, // exchanged
		{"LR", settings, "lr"},
		{"xy", settings, ""}, // as near to lr as to anything
		{"z", []string{"x", "y"}, ""},
		{"momentun", settings, "momentum"},
		{"momnetmu", settings, "momentum"},
		{"weight_decay", settings, "decay"}, // contained
		{"size", settings, ""},
		{"income", columns, "median_income"},
		{"Sale Price", columns, "SalePrice"},
		{"grösse", columns, "größe"},
		{"price", columns, "SalePrice"},
		{"di", columns, "Id"},
		{"", settings, ""},
		{"lr", nil, ""},
		{strings.Repeat("a", 200), []string{strings.Repeat("a", 199)}, ""},
	} {
		if got := Name(tt.name, tt.known); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAmong(t *testing.T) {
	many := strings.Split(strings.Repeat("column,", 30), ",")
	for _, tt := range []struct {
		name  string
		known []string
		want  string
	}{
		{"prize", []string{"price", "id"}, `; did you mean "price"?`},
		{"target", []string{"price", "id"}, "; there is price, id"},
		{"target", many, "; there are " + strings.Repeat("column, ", 23) + "column and 7 more"},
		{"target", nil, ""},
	} {
		if got := Among(tt.name, tt.known); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// TestDistance holds the distance against its definition, worked out the slow way.
func TestDistance(t *testing.T) {
	words := []string{"", "a", "b", "ab", "ba", "abc", "cab", "acb", "bca", "abcd", "badc", "ébé", "ca"}
	for _, a := range words {
		for _, b := range words {
			if got, want := distance([]rune(a), []rune(b)), slow([]rune(a), []rune(b)); got != want {
				t.Errorf("%q to %q: got %d, want %d", a, b, got, want)
			}
		}
	}
}

func slow(a, b []rune) int {
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	i, j := len(a)-1, len(b)-1
	best := slow(a[:i], b[:j])
	if a[i] != b[j] {
		best++
	}
	best = min(best, slow(a[:i], b)+1, slow(a, b[:j])+1)
	if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
		best = min(best, slow(a[:i-1], b[:j-1])+1)
	}
	return best
}
