package prepare

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/plural"
)

// A Preparation turns the rows of a table into what a network reads and is to
// answer. It was fitted to training rows and can be kept with the network.
type Preparation struct {
	target   target
	inputs   []ingredient
	said     []string
	maxBytes int64 // 0 for half of what is free
}

// Fit fits a preparation to the training rows of a table. Of the other rows it
// takes which classes and tokens there are, and no figure.
func (p Plan) Fit(t *dataset.Table, s *Split) (*Preparation, error) {
	g, err := p.goal(t)
	if err != nil {
		return nil, err
	}
	if len(s.Train) == 0 {
		return nil, errors.New("there are no rows for training")
	}
	var n notes
	prep := &Preparation{maxBytes: p.MaxBytes}
	if prep.target, err = p.fitTarget(g, s.Train, &n); err != nil {
		if _, asked := p.Transforms[p.Target]; asked {
			err = about("transform."+p.Target, "", err)
		}
		return nil, err
	}
	g.sayRare(s, &n)
	if prep.inputs, err = p.fitInputs(t, s, &n); err != nil {
		return nil, err
	}
	prep.sayShape(&n)
	prep.said = append(n.sentences(), prep.Unfamiliar(t, slices.Concat(s.Val, s.Test), nil)...)
	return prep, nil
}

func (p Plan) fitInputs(t *dataset.Table, s *Split, n *notes) ([]ingredient, error) {
	var inputs []ingredient
	width := 0
	for _, c := range p.withoutCounters(t, n) {
		in, err := p.fitInput(c, s, n)
		if err != nil {
			return nil, err
		}
		if in == nil {
			continue
		}
		inputs = append(inputs, *in)
		if width += in.encoder().width(); width > maxWidth {
			return nil, fmt.Errorf("column %s: with it a row has over %d features: exclude columns", c.Name, maxWidth)
		}
	}
	if inputs == nil {
		return nil, about("target", "", fmt.Errorf("no column is left to predict %s from%s", p.Target, p.because(n)))
	}
	if g := p.Split.Group; p.Split.by() == ByGroup && !slices.ContainsFunc(inputs, func(in ingredient) bool { return in.Name == g }) {
		n.say("column %s: left out, since it tells the groups apart", g)
	}
	return inputs, nil
}

// because gives what was said of the columns as a reason.
func (p Plan) because(n *notes) string {
	var reasons []string
	if len(p.Exclude) > 0 {
		out := sentence{thing: "column", names: p.Exclude, what: "excluded"}
		reasons = append(reasons, out.String())
	}
	if g := p.Split.Group; p.Split.by() == ByGroup {
		reasons = append(reasons, fmt.Sprintf("column %s: tells the groups apart", g))
	}
	for _, s := range n.said {
		if s.thing == "column" {
			reasons = append(reasons, s.String())
		}
	}
	if reasons == nil {
		return ": the table has no other"
	}
	return ": " + strings.Join(reasons, "; ")
}

// sayShape says how wide the input is, and that arrays beside other columns
// lose their shape.
func (p *Preparation) sayShape(n *notes) {
	if p.alone() == nil {
		for i := range p.inputs {
			if shape := p.inputs[i].shape(); len(shape) > 1 {
				n.say("column %s: arrays of %v as a row of %d features, since there are other columns", p.inputs[i].Name, shape, extent(shape))
			}
		}
	}
	n.say("%s, %s", plural.Of(len(p.inputs), "input column"), plural.Of(p.width(), "feature"))
}

// alone is the shape of an array that is the only input, or nil.
func (p *Preparation) alone() []int {
	if len(p.inputs) != 1 {
		return nil
	}
	return p.inputs[0].shape()
}

func (p *Preparation) width() int {
	n := 0
	for i := range p.inputs {
		n += p.inputs[i].encoder().width()
	}
	return n
}

// Said returns what was decided, a sentence each.
func (p *Preparation) Said() []string { return slices.Clone(p.said) }

// Task returns what the network is to learn.
func (p *Preparation) Task() Task {
	if p.target.Numbers == nil {
		return Classification
	}
	return Regression
}

// Target returns the name of the target.
func (p *Preparation) Target() string { return p.target.Name }

// Classes returns the names of the classes in the order of the labels, or nil
// for a regression.
func (p *Preparation) Classes() []string { return slices.Clone(p.target.Classes) }

// Outputs returns how many outputs a network needs: one for each class, or one
// for each number of the target.
func (p *Preparation) Outputs() int {
	if p.target.Numbers == nil {
		return len(p.target.Classes)
	}
	return p.target.Numbers.elements()
}

// Shape returns the shape of one row of inputs: that of an array which is the
// only input, or else the number of features.
func (p *Preparation) Shape() []int {
	if shape := p.alone(); shape != nil {
		return slices.Clone(shape)
	}
	return []int{p.width()}
}

// Tokens returns the size of the vocabulary where all inputs are indices, as
// an embedding takes them, or 0.
func (p *Preparation) Tokens() int {
	most := 0
	for i := range p.inputs {
		n := p.inputs[i].tokens()
		if n == 0 {
			return 0
		}
		most = max(most, n)
	}
	return most
}

// A Feature is one number of a row of inputs.
type Feature struct {
	Name   string // "age", "age missing", "city=Paris", "image[0,1,2]"
	Column string // that it comes from
}

// Features returns the features in the order of a row.
func (p *Preparation) Features() []Feature {
	var out []Feature
	for i := range p.inputs {
		for _, name := range p.inputs[i].encoder().features(p.inputs[i].Name) {
			out = append(out, Feature{Name: name, Column: p.inputs[i].Name})
		}
	}
	return out
}
