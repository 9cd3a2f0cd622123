package preprocessing

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed number_as_text.md
var numberAsTextDoc string

// NumberAsText finds amounts that were read as text, and became a column of 0
// and 1 for every one of them.
var NumberAsText = nnvet.Check{
	ID:       "NN0314",
	Name:     "number-as-text",
	Pitfall:  nnvet.Preprocessing,
	Doc:      numberAsTextDoc,
	Severity: nnvet.Warning,
	Needs: []nnvet.Need{{What: "names of the columns, which tell how each was made", Has: func(t *nnvet.Trace) bool {
		for i := range t.Surveys {
			if slices.ContainsFunc(t.Surveys[i].Columns, func(f nnvet.Feature) bool { return f.Name != "" }) {
				return true
			}
		}
		return slices.ContainsFunc(t.Profiles, func(x nnvet.Profile) bool {
			return x.Role == nnvet.Input && slices.ContainsFunc(x.Columns, func(c nnvet.Column) bool { return c.Name != "" })
		})
	}}},
	Limits: []nnvet.Limit{
		{Name: "levels", Default: 20, Source: "convention: fewer numbers may be codes or grades, which are well spread over columns"},
		{Name: "numeric", Default: 0.8, Source: "convention: four in five texts are numbers, the others are marks for missing ones"},
		{Name: "fractions", Default: 0.2, Source: "convention: whole numbers may be codes, numbers with a fraction are amounts"},
	},
	Explains: []string{"NN0304", "NN0310", "NN0401"},
	Run: func(p *nnvet.Pass) {
		spread := levelsByColumn(p.Trace)
		p.Measured("%d by level", len(spread))
		for _, c := range spread {
			judgeLevels(p, c)
		}
	},
}

// A leveled is a column that has a column of 0 and 1 for each of its levels,
// which are named "column=level".
type leveled struct {
	name   string
	levels []string
}

func levelsByColumn(t *nnvet.Trace) []leveled {
	var out []leveled
	at, seen := make(map[string]int), make(map[string]bool)
	for _, name := range namesOf(t) {
		column, level, ok := strings.Cut(name, "=")
		if !ok || seen[name] {
			continue
		}
		seen[name] = true
		i, known := at[column]
		if !known {
			i = len(out)
			at[column] = i
			out = append(out, leveled{name: column})
		}
		out[i].levels = append(out[i].levels, level)
	}
	return out
}

func namesOf(t *nnvet.Trace) []string {
	var out []string
	for i := range t.Surveys {
		for _, f := range t.Surveys[i].Columns {
			out = append(out, f.Name)
		}
	}
	for i := range t.Profiles {
		if t.Profiles[i].Role == nnvet.Input {
			for _, c := range t.Profiles[i].Columns {
				out = append(out, c.Name)
			}
		}
	}
	return out
}

func judgeLevels(p *nnvet.Pass, c leveled) {
	numbers, fractions := 0, 0
	for _, l := range c.levels {
		if v, ok := numeric(l); ok {
			numbers++
			if !whole(v) {
				fractions++
			}
		}
	}
	n := float64(len(c.levels))
	share := float64(numbers) / n
	if n < p.Limit("levels") || share < p.Limit("numeric") {
		return
	}
	f := nnvet.Finding{
		Span: nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)}, Confidence: 0.8, Brief: fmt.Sprintf("%d texts", len(c.levels)),
		Message: fmt.Sprintf("%s was taken for text and spread over %d columns of 0 and 1, but %s of its texts are numbers, such as %s: to the network none of them is near another",
			c.name, len(c.levels), percent(share), example(c.levels)),
		Evidence: []nnvet.Evidence{
			{What: "share of the texts that are numbers", Saw: share, Limit: "numeric"},
			{What: "columns that the column was spread over", Saw: n, Limit: "levels"},
			{What: "share of them that have a fraction", Saw: float64(fractions) / n, Limit: "fractions"},
		},
	}
	if float64(fractions)/n < p.Limit("fractions") { // codes of shops and postal areas are whole numbers too
		f.Severity, f.Confidence = nnvet.Note, 0.4
	}
	f.Treatments = []nnvet.Treatment{{Action: p.Trace.Say(nnvet.Words{
		Program: "read the column as numbers: pd.to_numeric(df[name], errors=\"coerce\"), after the texts that are none were looked at",
		File:    fmt.Sprintf("say which texts mean that a value is missing, data.missing: [...], so that the rest of %s is read as numbers; and take units, signs of money and thousands out of them in the data", c.name),
	})}, {Action: fmt.Sprintf("ignore this check, with that reason, where the numbers in %s are names", c.name)}}
	p.Report(f)
}

// numeric reads a number as people write it in tables: with a percent or money
// sign, or with commas.
func numeric(s string) (float64, bool) {
	s = strings.Trim(strings.TrimSpace(s), "%$€£ ")
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		return v, true
	}
	if v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64); err == nil {
		return v, true
	}
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return v, err == nil
}

// example returns the first text that is a number.
func example(levels []string) string {
	for _, l := range levels {
		if _, ok := numeric(l); ok {
			return strconv.Quote(l)
		}
	}
	return ""
}
