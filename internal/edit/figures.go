package edit

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/recipe"
)

// figures are what brings columns to mean 0 and standard deviation 1, as they
// are written: one number for all columns, or one each.
type figures struct {
	Mean  []string `json:"mean"`
	Scale []string `json:"scale"`
	Shape string   `json:"shape"` // what gives a tensor of them the shape that columns have
}

// inputsOf returns the figures of the training inputs, or nil where the trace
// does not hold them all. What the recipe leaves alone, as flags and columns
// that hardly vary, has the mean 0 and the scale 1.
func inputsOf(t *nnvet.Trace) *figures {
	x := t.Profile(nnvet.Input, nnvet.Train)
	if x == nil || len(x.Columns) == 0 || len(x.Columns) < x.Of && x.Layout != "values" || strings.Contains(x.DType, "int") {
		return nil
	}
	f := &figures{}
	if x.Layout == "channels" && len(x.Shape) > 2 {
		f.Shape = ".reshape(-1" + strings.Repeat(", 1", len(x.Shape)-2) + ")"
	}
	if r, err := recipe.Of(t, x.Site); err == nil && affine(r) {
		columns := r.Columns
		if r.Every != nil {
			every := *r.Every
			if every.How == recipe.Bytes { // figures of the rows, as the treatment says them
				all := x.All()
				every.Center, every.Scale = all.Mean, all.Std
			}
			columns = []recipe.Column{every}
		}
		for _, c := range columns {
			if c.How == recipe.Leave {
				c.Center, c.Scale = 0, 1
			}
			f.add(c.Center, c.Scale)
		}
		return f
	}
	for _, c := range t.Named(x) {
		if c.N == 0 || math.IsNaN(c.Std) {
			return nil
		}
		f.add(centre(c))
	}
	return f
}

// affine reports whether a recipe only shifts and divides.
func affine(r *recipe.Recipe) bool {
	ok := func(h recipe.How) bool {
		return h == recipe.Leave || h == recipe.Standardize || h == recipe.Scale || h == recipe.Shared || h == recipe.Bytes
	}
	if r.Every != nil {
		return ok(r.Every.How)
	}
	for _, c := range r.Columns {
		if !ok(c.How) {
			return false
		}
	}
	return true
}

// centre returns the mean and the standard deviation of a column; 0 and 1 of
// one that hardly varies, whose noise would else be blown up.
func centre(c nnvet.Column) (mean, scale float64) {
	if !(c.Std > 1e-6*math.Abs(c.Mean)) {
		return 0, 1
	}
	return c.Mean, c.Std
}

// targetsOf returns the figures of the targets of the first loss, or nil.
func targetsOf(t *nnvet.Trace) *figures {
	y := t.Profile(nnvet.Target, nnvet.Train)
	if y == nil || len(y.Columns) == 0 || len(y.Columns) < y.Of || y.Classes != nil {
		return nil
	}
	f := &figures{}
	for _, c := range y.Columns {
		if c.N == 0 || math.IsNaN(c.Std) {
			return nil
		}
		f.add(centre(c))
	}
	return f
}

// digits of a scale, and of a mean as far as it matters beside the scale.
const digits = 4

func (f *figures) add(mean, scale float64) {
	place := math.Floor(math.Log10(scale)) - digits + 1
	decimals := max(0, int(-place))
	m := strconv.FormatFloat(mean, 'f', decimals, 64)
	if mean == 0 || math.Abs(mean) < 1e-4 || decimals > 8 {
		m = fmt.Sprintf("%.*g", digits+max(0, int(math.Ceil(math.Log10(math.Max(math.Abs(mean/scale), 1))))), mean)
	}
	if strings.Contains(m, ".") && !strings.Contains(m, "e") {
		m = strings.TrimRight(m, "0")
	}
	f.Mean = append(f.Mean, float(strings.TrimSuffix(m, ".")))
	f.Scale = append(f.Scale, float(fmt.Sprintf("%.*g", digits, scale)))
}

// float writes a number so that Python reads a float.
func float(text string) string {
	if text == "-0" {
		text = "0"
	}
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}
