package recipe

import (
	"fmt"
	"strings"
)

// scikitFunctions are what the transformers of a pipeline call. They stand on
// their own in the module, so that a pipeline can be pickled.
const scikitFunctions = `import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer


def leave(x):
    return np.asarray(x, dtype=np.float64)


def standardize(x, center, scale):
    return (leave(x) - center) / scale


def robust(x, center, scale, clip):
    return np.clip((leave(x) - center) / scale, -clip, clip)


def log(x, center, scale):
    return (np.log1p(np.maximum(leave(x), 0)) - center) / scale


def by(function, **figures):
    return FunctionTransformer(function, kw_args=figures)


`

const scikitTarget = `

def regressor(network):
    """A regressor that learns the scaled target and predicts it in its own units."""
    return TransformedTargetRegressor(network, func=scale_target, inverse_func=restore_target, check_inverse=False)
`

// ScikitLearn returns a Python module with a scikit-learn pipeline that does
// what the recipe says. It is fitted already: its figures are those of the
// recipe, whatever fit is given.
func (r *Recipe) ScikitLearn() (string, error) {
	if err := r.check(); err != nil {
		return "", err
	}
	if !r.table() {
		return "", errTable
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\"\"\"Scales raw inputs for a network, by figures of %s.\"\"\"\n\n", r.sample())
	functions := scikitFunctions
	if !r.Target.changes() {
		functions = strings.Replace(functions, ", TransformedTargetRegressor", "", 1)
	}
	b.WriteString(functions)
	b.WriteString("def pipeline():\n    return make_pipeline(ColumnTransformer([\n")
	if r.Every != nil {
		fmt.Fprintf(&b, "%s        (\"all\", %s, slice(0, %d)),\n", r.Every.remark("        #"), r.Every.transformer(), r.Of)
	}
	for i := range r.Columns {
		c := &r.Columns[i]
		b.WriteString(c.remark("        #"))
		if c.How != Drop {
			fmt.Fprintf(&b, "        (\"column%d\", %s, [%d]),\n", c.Index, c.transformer(), c.Index)
		}
	}
	b.WriteString("    ]))\n")
	r.numpyTarget(&b)
	if r.Target.changes() {
		b.WriteString(scikitTarget)
	}
	return b.String(), nil
}

// transformer writes the scikit-learn transformer of a column.
func (c *Column) transformer() string {
	center, scale := number(c.Center), number(c.Scale)
	switch c.How {
	case Standardize, Shared:
		return "by(standardize, center=" + center + ", scale=" + scale + ")"
	case Scale:
		return "by(standardize, center=0, scale=" + scale + ")"
	case Bytes:
		return "by(standardize, center=" + number(halfByte) + ", scale=" + number(halfByte) + ")"
	case Robust:
		return "by(robust, center=" + center + ", scale=" + scale + ", clip=" + number(c.Clip) + ")"
	case Log:
		return "by(log, center=" + center + ", scale=" + scale + ")"
	}
	return "by(leave)"
}
