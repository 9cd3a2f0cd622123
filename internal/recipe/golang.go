package recipe

import (
	"fmt"
	"go/format"
	"slices"
	"strings"
)

// Go returns a Go file of the named package with a function that does what the
// recipe says.
func (r *Recipe) Go(pkg string) (string, error) {
	if err := r.check(); err != nil {
		return "", err
	}
	if !r.table() {
		return "", errTable
	}
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\"fmt\"\n", pkg)
	if r.uses(Robust, Log) || r.Target.uses(Log) {
		b.WriteString("\"math\"\n")
	}
	fmt.Fprintf(&b, ")\n\n// Scale returns what a network is fed for a raw row, by figures of\n// %s.\nfunc Scale(row []float64) ([]float64, error) {\n", r.sample())
	fmt.Fprintf(&b, "if len(row) != %d {\nreturn nil, fmt.Errorf(\"%%d columns, not %d\", len(row))\n}\n", r.Of, r.Of)
	if r.Every != nil {
		fmt.Fprintf(&b, "out := make([]float64, len(row))\n%sfor i, v := range row {\nout[i] = %s\n}\nreturn out, nil\n}\n", r.Every.remark("\t//"), golang.formula(r.Every, golang.every))
	} else {
		b.WriteString("return []float64{\n")
		for i := range r.Columns {
			c := &r.Columns[i]
			b.WriteString(c.remark("\t\t//"))
			if c.How != Drop {
				fmt.Fprintf(&b, "%s,\n", golang.formula(c, fmt.Sprintf(golang.read, c.Index)))
			}
		}
		b.WriteString("}, nil\n}\n")
	}
	r.goTarget(&b)
	text, err := format.Source([]byte(b.String()))
	return string(text), err
}

// goTarget writes the functions for a target and for predictions of it: of a
// number where there is one, else of a row.
func (r *Recipe) goTarget(b *strings.Builder) {
	if !r.Target.changes() {
		b.WriteString("\n" + comment("//", r.unchanged()))
		return
	}
	const learnt = "\n// ScaleTarget returns what a network learns in the place of a target.\n"
	const back = "\n// RestoreTarget returns what a network predicts in the target's own units.\n"
	cols := r.Target.Columns
	if len(cols) == 1 {
		c := &cols[0].Column
		fmt.Fprintf(b, "%sfunc ScaleTarget(y float64) float64 {\n%sreturn %s\n}\n", learnt, c.remark("\t//"), golang.formula(c, "y"))
		fmt.Fprintf(b, "%sfunc RestoreTarget(p float64) float64 {\nreturn %s\n}\n", back, golang.back(c, "p"))
		return
	}
	fmt.Fprintf(b, "%sfunc ScaleTarget(y []float64) ([]float64, error) {\n%s", learnt, goLength("y", len(cols)))
	for i := range cols {
		c := &cols[i].Column
		fmt.Fprintf(b, "%s%s,\n", c.remark("\t\t//"), golang.formula(c, fmt.Sprintf("y[%d]", i)))
	}
	fmt.Fprintf(b, "}, nil\n}\n%sfunc RestoreTarget(p []float64) ([]float64, error) {\n%s", back, goLength("p", len(cols)))
	for i := range cols {
		fmt.Fprintf(b, "%s,\n", golang.back(&cols[i].Column, fmt.Sprintf("p[%d]", i)))
	}
	b.WriteString("}, nil\n}\n")
}

// goLength writes a check of a row's length, and the beginning of what is returned.
func goLength(row string, n int) string {
	return fmt.Sprintf("if len(%s) != %d {\nreturn nil, fmt.Errorf(\"%%d outputs, not %d\", len(%s))\n}\nreturn []float64{\n", row, n, n, row)
}

func (r *Recipe) uses(hows ...How) bool {
	return r.Every != nil && slices.Contains(hows, r.Every.How) ||
		slices.ContainsFunc(r.Columns, func(c Column) bool { return slices.Contains(hows, c.How) })
}
