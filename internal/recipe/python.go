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
	fmt.Fprintf(&b, "\"\"\"Scales raw inputs for a network, by figures of %d training rows.\"\"\"\n\nimport numpy as np\n\n\n", r.Rows)
	b.WriteString("def scale(x):\n")
	if r.Every != nil {
		fmt.Fprintf(&b, "    # %s\n    x = np.asarray(x, dtype=np.float64)\n    return %s\n", r.Every.remark(), numpy.formula(r.Every, numpy.every))
		return b.String(), nil
	}
	d, axis := numpy, "1"
	if r.Layout == "tokens" {
		d, axis = last, "-1"
	}
	fmt.Fprintf(&b, "    x = np.asarray(x, dtype=np.float64)\n    if x.shape[%s] != %d:\n        raise ValueError(f\"{x.shape[%s]} columns, not %d\")\n    return np.stack([\n", axis, r.Of, axis, r.Of)
	for i := range r.Columns {
		c := &r.Columns[i]
		if c.How == Drop {
			fmt.Fprintf(&b, "        # column %d left out: %s\n", c.Index, c.remark())
			continue
		}
		fmt.Fprintf(&b, "        %s,  # %s\n", d.formula(c, fmt.Sprintf(d.read, c.Index)), c.remark())
	}
	fmt.Fprintf(&b, "    ], axis=%s)\n", axis)
	return b.String(), nil
}
