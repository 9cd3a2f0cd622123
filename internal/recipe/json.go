package recipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// JSON returns the recipe as JSON that [Parse] reads.
func (r *Recipe) JSON() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(r, "", "  ")
	return append(b, '\n'), err
}

// maxColumns bounds what a file can make [Recipe.Apply] allocate.
const maxColumns = 1 << 24

// Parse reads a recipe. What it does not know is an error: a recipe of a later
// kind, read by half, would feed a network wrong numbers.
func Parse(b []byte) (*Recipe, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	r := new(Recipe)
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("recipe: more than one value")
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	return r, nil
}

// check reports the first thing that would make the recipe no recipe.
func (r *Recipe) check() error {
	if r.Of < 1 || r.Of > maxColumns {
		return fmt.Errorf("of %d columns", r.Of)
	}
	if !slices.Contains([]string{"features", "channels", "tokens", "values"}, r.Layout) {
		return fmt.Errorf("the layout %q is not known", r.Layout)
	}
	if r.Target != nil {
		if err := r.Target.check(); err != nil {
			return fmt.Errorf("target: %w", err)
		}
	}
	if r.Every != nil {
		if len(r.Columns) > 0 || r.Every.How == Drop {
			return errors.New("every column is dropped, or some are named besides")
		}
		return r.Every.check()
	}
	if len(r.Columns) != r.Of {
		return fmt.Errorf("%d entries for %d columns", len(r.Columns), r.Of)
	}
	kept := 0
	for i := range r.Columns {
		c := &r.Columns[i]
		if c.Index != i {
			return fmt.Errorf("entry %d is of column %d", i, c.Index)
		}
		if err := c.check(); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
		if c.How != Drop {
			kept++
		}
	}
	if kept == 0 {
		return errors.New("all columns are dropped")
	}
	return nil
}

func (c *Column) check() error {
	switch c.How {
	case Leave, Drop, Bytes:
		return nil
	case Standardize, Scale, Shared, Log:
	case Robust:
		if !(c.Clip > 0) || math.IsInf(c.Clip, 0) {
			return fmt.Errorf("cut at %g", c.Clip)
		}
	default:
		return fmt.Errorf("%q is not known", c.How)
	}
	if !(c.Scale > 0) || math.IsInf(c.Scale, 0) {
		return fmt.Errorf("the scale is %g", c.Scale)
	}
	if math.IsNaN(c.Center) || math.IsInf(c.Center, 0) {
		return fmt.Errorf("the centre is %g", c.Center)
	}
	return nil
}
