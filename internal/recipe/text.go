package recipe

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/nnvet/nnvet/internal/stat"
)

// Text returns the recipe for a person: what to do in a sentence, then a table
// that says of every column what becomes of it and why. It is of so many columns
// of a terminal; linear, it is a line a column and no table, as screen readers
// want it. Figures are rounded; the programs have them in full.
func (r *Recipe) Text(width int, linear bool) (string, error) {
	if err := r.check(); err != nil {
		return "", err
	}
	p := &sheet{width: width, linear: linear}
	p.wrap("nnvet: ", "  ", r.answer())
	p.table([3]string{"input", "becomes", "why"}, r.inputs())
	if r.Target != nil {
		p.table([3]string{"target", "becomes", "why"}, r.Target.outputs())
		if r.Target.changes() {
			p.table([3]string{"prediction", "in its own units", ""}, r.Target.predictions())
		}
	}
	p.b.WriteByte('\n')
	p.wrap("figures  ", "         ", r.figures())
	if r.NoTarget != "" {
		p.wrap("target   ", "         ", "left as it is: "+oneLine(r.NoTarget))
	}
	return p.b.String(), nil
}

// figures says what the figures are of, and how well so few rows tell them.
func (r *Recipe) figures() string {
	const sure = 1000 // rows, of which a mean is known to 3 % of the deviation
	text := "of " + r.sample() + ", and no others"
	if r.Rows > 0 && r.Rows < sure {
		text += fmt.Sprintf("; a mean is sure to about %.0f %% of its deviation", 100/math.Sqrt(float64(r.Rows)))
	}
	return text
}

// doing says what is done to so many columns, for a sentence.
var doing = []struct {
	how  How
	text string // of %s
}{
	{Standardize, "standardize %s"},
	{Shared, "scale %s by group"},
	{Log, "take the logarithm of %s"},
	{Robust, "cut the ends of %s"},
	{Scale, "divide %s without centring"},
	{Bytes, "bring %s from 0..255 to -1..1"},
	{Drop, "leave out %s"},
	{Leave, "leave %s as is"},
}

// answer says in a sentence what to do.
func (r *Recipe) answer() string {
	counts := make(map[How]int)
	for i := range r.Columns {
		counts[r.Columns[i].How]++
	}
	if r.Every != nil {
		counts[r.Every.How] = r.Of
	}
	what := r.noun(r.Of)
	of := ""
	if r.Site != "" {
		of = " of " + oneLine(r.Site)
	}
	if counts[Leave] == r.Of {
		if r.Target.changes() {
			return fmt.Sprintf("leave the %s%s as is; %s", what, of, r.Target.answer())
		}
		return fmt.Sprintf("nothing to do: the %s%s can stay as is%s", what, of, r.settled())
	}
	var parts []string
	for _, d := range doing {
		n := counts[d.how]
		switch {
		case n == 0:
		case n == r.Of:
			parts = append(parts, fmt.Sprintf(d.text, "the "+what+of))
		case len(parts) == 0:
			parts = append(parts, fmt.Sprintf(d.text, fmt.Sprintf("%d of the %s%s", n, what, of)))
		default:
			parts = append(parts, fmt.Sprintf(d.text, strconv.Itoa(n)))
		}
	}
	answer := strings.Join(parts, ", ")
	if t := r.Target.answer(); t != "" {
		answer += "; " + t
	}
	return answer
}

// settled says of a target that it is as it should be.
func (r *Recipe) settled() string {
	if r.Target == nil {
		return ""
	}
	return ", and so can the target"
}

// noun says how many columns there are, and of what.
func (r *Recipe) noun(n int) string {
	word := "input column"
	if r.Layout == "channels" {
		word = "channel"
	}
	if n == 1 {
		return word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// answer says what to do with a target, or nothing.
func (t *Target) answer() string {
	if t == nil {
		return ""
	}
	whole := "the target"
	if n := len(t.Columns); n > 1 {
		whole = fmt.Sprintf("the %d outputs", n)
	}
	for _, d := range doing {
		n := 0
		for i := range t.Columns {
			if t.Columns[i].How == d.how {
				n++
			}
		}
		if n == len(t.Columns) {
			return fmt.Sprintf(d.text, whole)
		}
	}
	return "scale " + whole
}

// A line is a column in the table.
type line struct{ name, becomes, why string }

func (r *Recipe) inputs() []line {
	if c := r.Every; c != nil {
		return []line{{"all " + r.noun(r.Of), c.becomes("x"), c.Why}}
	}
	lines := make([]line, 0, len(r.Columns))
	for i := range r.Columns {
		c := &r.Columns[i]
		lines = append(lines, line{c.label(), c.becomes("x"), c.Why})
	}
	return lines
}

func (t *Target) outputs() []line {
	lines := make([]line, 0, len(t.Columns))
	for i := range t.Columns {
		c := &t.Columns[i].Column
		lines = append(lines, line{c.label(), c.becomes("y"), c.Why})
	}
	return lines
}

func (t *Target) predictions() []line {
	lines := make([]line, 0, len(t.Columns))
	for i := range t.Columns {
		c := t.Columns[i].rounded()
		lines = append(lines, line{c.label(), unless("p", plain.back(&c, "p")), ""})
	}
	return lines
}

// label is a column's number, by which programs know it, and its name.
func (c *Column) label() string {
	const most = 24
	text := strconv.Itoa(c.Index)
	if c.Name != "" {
		text += " " + oneLine(c.Name)
	}
	return terminal.Truncate(text, most, "...")
}

// becomes writes what a column x becomes, in round figures.
func (c *Column) becomes(x string) string {
	if c.How == Drop {
		return "left out"
	}
	round := c.rounded()
	return unless(x, plain.formula(&round, x))
}

// unless returns a formula, or that there is none.
func unless(x, formula string) string {
	if formula == x {
		return "as it is"
	}
	return formula
}

// rounded returns the column with a scale of four digits, and a centre to a
// thousandth of it.
func (c *Column) rounded() Column {
	round := *c
	if c.Scale > 0 {
		round.Scale = stat.Signif(c.Scale, 4)
		digits := max(0, 3-int(math.Floor(math.Log10(c.Scale))))
		if v, err := strconv.ParseFloat(strconv.FormatFloat(c.Center, 'f', digits, 64), 64); err == nil {
			round.Center = v
		}
	}
	return round
}

// A sheet is text that is being laid out.
type sheet struct {
	b      strings.Builder
	width  int
	linear bool
}

// terminal measures characters as most terminals do.
var terminal = &runewidth.Condition{StrictEmojiNeutral: true}

// table writes three columns below their heads, the last one wrapped; or a line
// each where there is no room.
func (p *sheet) table(heads [3]string, lines []line) {
	const least = 20 // columns, for the reasons
	first, second := terminal.StringWidth(heads[0]), terminal.StringWidth(heads[1])
	reasons := false
	for _, l := range lines {
		first, second = max(first, terminal.StringWidth(l.name)), max(second, terminal.StringWidth(l.becomes))
		reasons = reasons || l.why != ""
	}
	p.b.WriteByte('\n')
	indent := first + second + 5
	if p.linear || reasons && p.width-indent < least {
		for _, l := range lines {
			text := heads[0] + " " + l.name + ": " + l.becomes
			if l.why != "" {
				text += ", since: " + oneLine(l.why)
			}
			p.wrap("", "  ", text)
		}
		return
	}
	row := func(l line) {
		front := " " + terminal.FillRight(l.name, first) + "  " + terminal.FillRight(l.becomes, second) + "  "
		p.wrap(front, strings.Repeat(" ", indent), oneLine(l.why))
	}
	row(line{heads[0], heads[1], heads[2]})
	for _, l := range lines {
		row(l)
	}
}

// wrap writes words behind a beginning, and further lines below them. Linear
// text is not wrapped.
func (p *sheet) wrap(front, indent, text string) {
	at := terminal.StringWidth(front)
	line, empty := front, true
	for _, word := range strings.Fields(text) {
		n := terminal.StringWidth(word)
		if !empty && !p.linear && at+1+n > p.width {
			p.b.WriteString(strings.TrimRight(line, " ") + "\n")
			line, at, empty = indent, len(indent), true
		}
		if !empty {
			line, at = line+" ", at+1
		}
		line, at, empty = line+word, at+n, false
	}
	p.b.WriteString(strings.TrimRight(line, " ") + "\n")
}
