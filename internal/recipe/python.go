package recipe

import (
	"fmt"
	"strings"
)

// Python returns a Python module with a function that does what the recipe
// says, by NumPy.
func (r *Recipe) Python() (string, error) {
	if err := r.check(); err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\"\"\"Scales raw inputs for a network, by figures of %s.\"\"\"\n\nimport numpy as np\n\n\n", r.sample())
	b.WriteString("def scale(x):\n")
	if r.Every != nil {
		fmt.Fprintf(&b, "%s    x = np.asarray(x, dtype=np.float64)\n    return %s\n", r.Every.remark("    #"), numpy.formula(r.Every, numpy.every))
		r.numpyTarget(&b)
		return b.String(), nil
	}
	d, axis := numpy, "1"
	if r.Layout == "tokens" {
		d, axis = last, "-1"
	}
	fmt.Fprintf(&b, "    x = np.asarray(x, dtype=np.float64)\n    if x.shape[%s] != %d:\n        raise ValueError(f\"{x.shape[%s]} columns, not %d\")\n    return np.stack([\n", axis, r.Of, axis, r.Of)
	for i := range r.Columns {
		c := &r.Columns[i]
		b.WriteString(c.remark("        #"))
		if c.How != Drop {
			fmt.Fprintf(&b, "        %s,\n", d.formula(c, fmt.Sprintf(d.read, c.Index)))
		}
	}
	fmt.Fprintf(&b, "    ], axis=%s)\n", axis)
	r.numpyTarget(&b)
	return b.String(), nil
}

// numpyTarget writes the functions for a target and for predictions of it.
func (r *Recipe) numpyTarget(b *strings.Builder) {
	if !r.Target.changes() {
		b.WriteString("\n\n" + comment("#", r.unchanged()))
		return
	}
	cols := r.Target.Columns
	write := func(name, about, v string, each func(c *Column, x string) string, remark func(c *Column, mark string) string) {
		fmt.Fprintf(b, "\n\ndef %s(%s):\n    \"\"\"%s\"\"\"\n    %s = np.asarray(%s, dtype=np.float64)\n", name, v, about, v, v)
		if len(cols) == 1 {
			fmt.Fprintf(b, "%s    return %s\n", remark(&cols[0].Column, "    #"), each(&cols[0].Column, v))
			return
		}
		fmt.Fprintf(b, "    if %s.shape[-1] != %d:\n        raise ValueError(f\"{%s.shape[-1]} outputs, not %d\")\n    return np.stack([\n", v, len(cols), v, len(cols))
		for i := range cols {
			fmt.Fprintf(b, "%s        %s,\n", remark(&cols[i].Column, "        #"), each(&cols[i].Column, fmt.Sprintf("%s[..., %d]", v, i)))
		}
		b.WriteString("    ], axis=-1)\n")
	}
	write("scale_target", "What a network learns in the place of a target.", "y", numpy.formula, (*Column).remark)
	write("restore_target", "What a network predicts, in the target's own units.", "p", numpy.back, func(*Column, string) string { return "" })
}
