package edit

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/nnvet/nnvet"
)

// An item is a layer in the list that holds it.
type item struct {
	picked
	list *ast.SequenceNode
	at   int
}

// layerMain holds the setting that a value alone gives.
var layerMain = map[string]string{
	"dense": "units", "conv2d": "filters", "dropout": "rate", "residual": "body", "embedding": "tokens", "leaky_relu": "slope", "elu": "alpha",
	"max_pool": "size", "avg_pool": "size", "batch_norm": "momentum", "layer_norm": "eps",
}

// items returns the layers that are written, those of residual bodies too.
func (x *experimentEdit) items() []item {
	e := entry(x.root, "network")
	if e == nil {
		return nil
	}
	return itemsOf(e.Value)
}

func itemsOf(n ast.Node) []item {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil
	}
	var out []item
	for i, n := range list.Values {
		it := item{pick(n), list, i}
		out = append(out, it)
		if it.name != "residual" {
			continue
		}
		body := it.settings
		if m := mappingOf(body); m != nil && entry(m, "body") != nil {
			body = entry(m, "body").Value
		}
		out = append(out, itemsOf(body)...)
	}
	return out
}

// layer returns the layer of a site: by its place in the trace.
func (x *experimentEdit) layer(s nnvet.Setting) (item, error) {
	if l := x.trace.Layer(s.Site); l != nil && l.Source.Col > 0 {
		if want, ok := x.document.at(l.Source.Line, l.Source.Col); ok {
			for _, it := range x.items() {
				if from, _, err := x.span(it.node); err == nil && from == want {
					return it, nil
				}
			}
		}
	}
	return item{}, refuse(s, "the layer %s is not written in the file, which leaves it to the data", s.Site)
}

// those returns the layer of a site, or all layers of the kinds where there is none.
func (x *experimentEdit) those(s nnvet.Setting, kinds ...string) ([]item, error) {
	if s.Site != "" {
		it, err := x.layer(s)
		if err == nil && !slices.Contains(kinds, it.name) {
			err = refuse(s, "%s is %s", s.Site, it.name)
		}
		return []item{it}, err
	}
	all := slices.DeleteFunc(x.items(), func(it item) bool { return !slices.Contains(kinds, it.name) })
	if len(all) == 0 {
		return nil, refuse(s, "the file writes no layer of the kind in a form that is edited")
	}
	return all, nil
}

// each gives layers a setting.
func (x *experimentEdit) each(s nnvet.Setting, key, value string, kinds ...string) error {
	all, err := x.those(s, kinds...)
	for _, it := range all {
		if err == nil {
			err = x.configure(it.picked, key, value, layerMain[it.name])
		}
	}
	return err
}

func dropout(x *experimentEdit, s nnvet.Setting) error {
	if err := number(s); err != nil {
		return err
	}
	return x.each(s, "rate", s.To, "dropout")
}

func units(x *experimentEdit, s nnvet.Setting) error {
	if n, err := strconv.Atoi(s.To); err != nil || n < 1 || s.Site == "" || s.Site == "final" {
		return refuse(s, "the width of the last layer is what the task asks for, and others must be named")
	}
	it, err := x.layer(s)
	if err != nil {
		return err
	}
	if all, _ := x.those(nnvet.Setting{}, "dense"); x.file.Output != "" && len(all) > 0 && it.node == all[len(all)-1].node {
		return refuse(s, "the width of the last layer is what the task asks for")
	}
	return x.each(s, "units", s.To, "dense")
}

var inits = map[string]string{"he": "he_normal", "xavier": "xavier_normal", "lecun": "lecun_normal", "default": "pytorch"}

func weightInit(x *experimentEdit, s nnvet.Setting) error {
	value, ok := inits[s.To]
	if std, is := strings.CutPrefix(s.To, "std "); is {
		if _, err := strconv.ParseFloat(std, 64); err == nil {
			value, ok = "{normal: {std: "+std+"}}", true
		}
	}
	if !ok {
		return refuse(s, "an experiment file has no initializer %q", s.To)
	}
	return x.each(s, "init", value, "dense", "conv2d")
}

func biasInit(x *experimentEdit, s nnvet.Setting) error {
	v, err := strconv.ParseFloat(s.To, 64)
	switch {
	case err != nil:
		return refuse(s, "%q is no number", s.To)
	case v == 0:
		return x.each(s, "bias_init", "zero", "dense", "conv2d")
	}
	return x.each(s, "bias_init", "{constant: "+s.To+"}", "dense", "conv2d")
}

// activations are the layers that are none but a function of each number.
var activations = []string{"relu", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh", "sigmoid", "softplus", "softmax", "prelu"}

var called = regexp.MustCompile(`^(\w+)(?:\(([-+.\deE]+)\))?$`)

func activation(x *experimentEdit, s nnvet.Setting) error {
	if s.Site == "" {
		all, err := x.those(s, s.From)
		for _, it := range all {
			if err == nil {
				err = x.activate(it, s)
			}
		}
		return err
	}
	it, err := x.layer(s)
	if err != nil {
		return err
	}
	if !slices.Contains(activations, it.name) { // it is the one that follows
		if it.at+1 == len(it.list.Values) {
			return refuse(s, "no activation follows %s", s.Site)
		}
		it = item{pick(it.list.Values[it.at+1]), it.list, it.at + 1}
	}
	if !slices.Contains(activations, it.name) {
		return refuse(s, "%s follows %s", it.name, s.Site)
	}
	return x.activate(it, s)
}

func (x *experimentEdit) activate(it item, s nnvet.Setting) error {
	if s.To == "none" {
		return x.cut(it, s)
	}
	m := called.FindStringSubmatch(s.To)
	if m == nil || !slices.Contains(activations, m[1]) {
		return refuse(s, "an experiment file has no activation %q", s.To)
	}
	if m[2] == "" {
		return x.replace(it.node, m[1])
	}
	return x.replace(it.node, "{"+m[1]+": "+m[2]+"}")
}

func finalActivation(x *experimentEdit, s nnvet.Setting) error {
	all := x.items()
	if len(all) == 0 {
		return refuse(s, "the network is left to the data")
	}
	list := all[0].list
	end := item{pick(list.Values[len(list.Values)-1]), list, len(list.Values) - 1}
	switch is := slices.Contains(activations, end.name); {
	case is && (s.From == "" || s.From == "none" || s.From == end.name):
		return x.activate(end, s)
	case is:
		return refuse(s, "the network ends in %s", end.name)
	case s.To == "none":
		return refuse(s, "no activation ends the network")
	case !slices.Contains(activations, s.To):
		return refuse(s, "an experiment file has no activation %q", s.To)
	}
	if x.file.Output == "" {
		return refuse(s, "the last layer is left to the data")
	}
	return x.addItem(list, end.at, s.To)
}

func takeOut(x *experimentEdit, s nnvet.Setting) error {
	it, err := x.layer(s)
	if err == nil {
		err = x.cut(it, s)
	}
	return err
}

// cut deletes a layer, where the file knows how.
func (x *experimentEdit) cut(it item, s nnvet.Setting) error {
	from, _, err := x.span(it.node)
	if err != nil {
		return err
	}
	for _, c := range x.file.Calls() {
		at, ok := x.document.at(c.Source.Line, c.Source.Col)
		start, okCut := x.document.at(c.Cut.Line, c.Cut.Col)
		end, okEnd := x.document.at(c.Cut.EndLine, c.Cut.EndCol)
		if ok && at == from && okCut && okEnd {
			x.edit(start, end, "")
			return nil
		}
	}
	return refuse(s, "comments or anchors are in the way of taking it out")
}

// addItem puts an item behind another of a list, in the list's own form.
func (x *experimentEdit) addItem(list *ast.SequenceNode, behind int, text string) error {
	from, to, err := x.span(list.Values[behind])
	if err != nil {
		return err
	}
	if list.IsFlowStyle {
		if strings.Contains(text, ": ") {
			text = "{" + text + "}"
		}
		x.edit(to, to, ", "+text)
		return nil
	}
	start := x.lineStart(from)
	dash := strings.LastIndexByte(x.text[start:from], '-')
	if dash < 0 || strings.TrimSpace(x.text[start:start+dash]) != "" {
		return errPlace
	}
	x.addLine(to, start+dash, "- "+text)
	return nil
}

// norm puts a normalization behind every hidden layer with weights.
func norm(x *experimentEdit, s nnvet.Setting) error {
	if s.To != "batch" && s.To != "layer" {
		return refuse(s, "%q is no normalization", s.To)
	}
	all, err := x.those(nnvet.Setting{Name: s.Name}, "dense", "conv2d")
	if err != nil {
		return refuse(s, "the network is left to the data")
	}
	if x.file.Output != "" { // the last is the output
		all = all[:len(all)-1]
	}
	for _, it := range all {
		if err := x.addItem(it.list, it.at, s.To+"_norm"); err != nil {
			return err
		}
	}
	return nil
}
