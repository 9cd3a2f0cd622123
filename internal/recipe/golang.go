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
	if r.uses(Robust, Log) {
		b.WriteString("\"math\"\n")
	}
	fmt.Fprintf(&b, ")\n\n// Scale returns what a network is fed for a raw row, by figures of %d training\n// rows.\nfunc Scale(row []float64) ([]float64, error) {\n", r.Rows)
	fmt.Fprintf(&b, "if len(row) != %d {\nreturn nil, fmt.Errorf(\"%%d columns, not %d\", len(row))\n}\n", r.Of, r.Of)
	if r.Every != nil {
		fmt.Fprintf(&b, "out := make([]float64, len(row))\nfor i, v := range row { // %s\nout[i] = %s\n}\nreturn out, nil\n}\n", r.Every.remark(), golang.formula(r.Every, golang.every))
	} else {
		b.WriteString("return []float64{\n")
		for i := range r.Columns {
			c := &r.Columns[i]
			if c.How == Drop {
				fmt.Fprintf(&b, "// Column %d left out: %s\n", c.Index, c.remark())
				continue
			}
			fmt.Fprintf(&b, "%s, // %s\n", golang.formula(c, fmt.Sprintf(golang.read, c.Index)), c.remark())
		}
		b.WriteString("}, nil\n}\n")
	}
	text, err := format.Source([]byte(b.String()))
	return string(text), err
}

func (r *Recipe) uses(hows ...How) bool {
	return r.Every != nil && slices.Contains(hows, r.Every.How) ||
		slices.ContainsFunc(r.Columns, func(c Column) bool { return slices.Contains(hows, c.How) })
}
