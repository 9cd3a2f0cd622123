package prepare

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

func TestDivide(t *testing.T) {
	labels := textsOf("y", strings.Split("abaacaabaabaacaaabaa", "")...) // 14 a, 4 b, 2 c
	who := textsOf("who", strings.Split("pppppqqqqqrrrrrsssss", "")...)
	for name, c := range map[string]struct {
		data *dataset.Table
		plan SplitPlan
		want string // rows of the parts
		said string
	}{
		"nothing held out": {tableOf(ramp("y", 3)), SplitPlan{}, "[0 1 2] [] []", "3 training, 0 validation and 0 test rows"},
		"by chance":        {tableOf(ramp("y", 10)), SplitPlan{Val: .2, Test: .1, Seed: 7}, "[0 2 3 5 6 7 8] [4 9] [1]", "7 training, 2 validation and 1 test rows, by chance, seed 7"},
		"another seed":     {tableOf(ramp("y", 10)), SplitPlan{Val: .2, Test: .1, Seed: 8}, "[0 1 2 3 4 6 7] [5 8] [9]", "seed 8"},
		"in order":         {tableOf(ramp("y", 10)), SplitPlan{Val: .2, Test: .1, By: ByOrder}, "[0 1 2 3 4 5 6] [7 8] [9]", "in the order of the rows"},
		"in order, few":    {tableOf(ramp("y", 3)), SplitPlan{Val: .9, Test: .05, By: ByOrder}, "[0] [1] [2]", ""},
		"few":              {tableOf(ramp("y", 3)), SplitPlan{Val: .05, Test: .05}, "[0] [1] [2]", ""},
		"missing":          {tableOf(numbersOf("y", 1, nan, 2, 3)), SplitPlan{Val: .3, By: ByOrder}, "[0 2] [3] []", "target y: 1 row without it is left out"},
		"classes":          {tableOf(labels), SplitPlan{Val: .5}, "", "by chance with the classes of y in proportion, seed 0"},
		"groups":           {tableOf(who, ramp("y", 20)), SplitPlan{Val: .25, Test: .25, Group: "who"}, "", "by the 4 groups of who, seed 0"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Plan{Target: "y", Split: c.plan}.Divide(c.data)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(s.Train, s.Val, s.Test); c.want != "" && got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if said := strings.Join(s.Said, "\n"); !strings.Contains(said, c.said) {
				t.Errorf("said\n%s\nwithout %q", said, c.said)
			}
		})
	}
}

// TestDivideKeepsEveryRow holds whatever the shares: every row is in one part,
// and every part that was asked for has rows.
func TestDivideKeepsEveryRow(t *testing.T) {
	labels := textsOf("y", strings.Split("aaaaaaaabbbbccdefg", "")...)
	data := tableOf(labels, textsOf("who", strings.Split("ppppqqqqqqrrrsssss", "")...))
	for _, by := range []string{ByRandom, ByOrder, ByGroup} {
		for _, share := range [][2]float64{{0, 0}, {.01, 0}, {.2, .1}, {.01, .01}, {.5, .4}, {0, .95}, {.98, .01}} {
			for seed := range int64(20) {
				plan := SplitPlan{Val: share[0], Test: share[1], By: by, Seed: seed}
				if by == ByGroup {
					plan.Group = "who"
				}
				s, err := Plan{Target: "y", Split: plan}.Divide(data)
				if err != nil {
					t.Fatal(err)
				}
				all := s.all()
				slices.Sort(all)
				if !slices.Equal(all, allRows(18)) || len(s.Train) == 0 || (len(s.Val) > 0) != (share[0] > 0) || (len(s.Test) > 0) != (share[1] > 0) {
					t.Fatalf("%+v: got %v %v %v", plan, s.Train, s.Val, s.Test)
				}
			}
		}
	}
}

// TestClassesInProportion holds for every class to within a row, and leaves
// every class a row for training.
func TestClassesInProportion(t *testing.T) {
	sizes := map[string]int{"a": 100, "b": 37, "c": 10, "d": 3, "e": 1}
	var values []string
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		values = append(values, slices.Repeat([]string{name}, sizes[name])...)
	}
	data := tableOf(textsOf("y", values...))
	for seed := range int64(20) {
		s, err := Plan{Target: "y", Split: SplitPlan{Val: .2, Test: .1, Seed: seed}}.Divide(data)
		if err != nil {
			t.Fatal(err)
		}
		held, trained := make(map[string]int), make(map[string]int)
		for _, row := range s.Val {
			held[values[row]]++
		}
		for _, row := range s.Train {
			trained[values[row]]++
		}
		for name, n := range sizes {
			if off := float64(held[name]) - .2*float64(n); off > 1 || off < -1 || trained[name] == 0 {
				t.Errorf("seed %d: %d of %d rows of class %s for validation, %d for training", seed, held[name], n, name, trained[name])
			}
		}
	}
}

func TestGroupsStayTogether(t *testing.T) {
	who := numbersOf("who", 1, 2, nan, 1, 2, 3, nan, 3, 1, 4)
	for seed := range int64(20) {
		s, err := Plan{Target: "y", Split: SplitPlan{Val: .3, Test: .2, Seed: seed, Group: "who"}}.Divide(tableOf(who, ramp("y", 10)))
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]int)
		for part, rows := range [][]int{s.Train, s.Val, s.Test} {
			for _, row := range rows {
				key := fmt.Sprint(who.Numbers[row])
				if before, ok := seen[key]; ok && before != part {
					t.Fatalf("seed %d: group %s in two parts: %v", seed, key, *s)
				}
				seen[key] = part
			}
		}
	}
}

func TestCopies(t *testing.T) {
	data := tableOf(textsOf("c", "p", "q", "p", "q"), numbersOf("x", 1, 2, 1, 3), rowsOf("v", []int{1}, 1, 1, 1, 1), numbersOf("y", 1.5, 2, 1.5, 2))
	for name, c := range map[string]struct {
		exclude []string
		want    string
	}{
		"one of two":         {nil, "copies of training rows, target and all: 1 of 2 validation rows: the score there looks better than it is"},
		"but for one column": {[]string{"x"}, "2 of 2 validation rows"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Plan{Target: "y", Exclude: c.exclude, Split: SplitPlan{Val: .5, By: ByOrder}}.Divide(data)
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(s.Said, "\n"); !strings.Contains(said, c.want) {
				t.Errorf("said\n%s\nwithout %q", said, c.want)
			}
		})
	}
}

func TestSplitErrors(t *testing.T) {
	data := tableOf(textsOf("who", "a", "b", "a"), rowsOf("v", []int{1}, 1, 2, 3), ramp("y", 3))
	for name, c := range map[string]struct {
		plan SplitPlan
		want string
	}{
		"negative":       {SplitPlan{Val: -.1}, "split: val -0.1 is no share of the rows: it must be at least 0 and below 1"},
		"not a number":   {SplitPlan{Test: nan}, "split: test NaN is no share"},
		"all":            {SplitPlan{Val: .6, Test: .4}, "split: val 0.6 and test 0.4 leave no rows for training: lower them"},
		"way":            {SplitPlan{By: "luck"}, `split: by "luck" is none of random, order, group`},
		"no group":       {SplitPlan{By: ByGroup}, "split: by group needs the column of the groups"},
		"idle group":     {SplitPlan{By: ByOrder, Group: "who"}, "split: by order has no use for the groups of who: say by group"},
		"group, unknown": {SplitPlan{Group: "whom"}, `split: there is no column whom; did you mean "who"?`},
		"too few groups": {SplitPlan{Val: .2, Test: .2, Group: "who"}, "split: the 2 groups of column who cannot be divided into 3 parts: divide by random"},
		"arrays":         {SplitPlan{Val: .2, Group: "v"}, "split: column v holds arrays, which are no groups"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Plan{Target: "y", Split: c.plan}.Divide(data)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("\ngot  %v\nwant %s", err, c.want)
			}
		})
	}
	const want = "split: 1 row with a target cannot be divided into 2 parts: add rows, or hold none out"
	_, err := Plan{Target: "x", Split: SplitPlan{Val: .2}}.Divide(tableOf(rowsOf("x", []int{1}, 1)))
	if err == nil || err.Error() != want {
		t.Errorf("one row\ngot  %v\nwant %s", err, want)
	}
}
