package edit

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/nnvet/nnvet"
)

// settingsOf holds what each optimizer can be told, besides lr and decay.
var settingsOf = map[string][]string{
	"adam": {"lr", "decay", "eps", "beta1", "beta2"}, "adamw": {"lr", "decay", "eps", "beta1", "beta2"},
	"sgd": {"lr", "decay", "momentum", "dampening", "nesterov"}, "rmsprop": {"lr", "decay", "eps", "alpha"},
}

func ofOptimizer(key string) func(*experimentEdit, nnvet.Setting) error {
	return func(x *experimentEdit, s nnvet.Setting) error {
		if err := number(s); err != nil {
			return err
		}
		kind := x.file.Optimizer.Kind
		if !slices.Contains(settingsOf[kind], key) {
			return refuse(s, "%s has no %s", kind, key)
		}
		p := x.picked("optimizer")
		if p.name == "" {
			return x.setKey("optimizer", "{"+kind+": {"+key+": "+s.To+"}}")
		}
		return x.configure(p, key, s.To, "")
	}
}

func kindOfOptimizer(x *experimentEdit, s nnvet.Setting) error {
	kind, more := s.To, ""
	if kind == "momentum" {
		kind, more = "sgd", "momentum: 0.9"
	}
	if _, ok := settingsOf[kind]; !ok {
		return refuse(s, "%q is no optimizer of an experiment file", s.To)
	}
	p := x.picked("optimizer")
	m := mappingOf(p.settings)
	if p.name == kind && m != nil && more != "" {
		return x.set(m, "momentum", "0.9")
	}
	if m == nil {
		value := kind
		if more != "" {
			value = "{" + kind + ": {" + more + "}}"
		}
		return x.setKey("optimizer", value)
	}
	for _, e := range m.Values {
		if !slices.Contains(settingsOf[kind], keyOf(e)) {
			return refuse(s, "%s has the setting %s, and %s has none", p.name, keyOf(e), kind)
		}
	}
	if err := x.replace(p.entry.Key, kind); err != nil || more == "" {
		return err
	}
	return x.add(m, more, nil)
}

// mains holds the setting that a value alone gives.
var mains = map[string]string{"cosine": "floor", "linear": "floor", "step": "every", "exponential": "factor"}

func schedule(x *experimentEdit, s nnvet.Setting) error {
	kind := s.To
	if kind == "none" {
		kind = "constant"
	}
	if kind != "constant" && kind != "cosine" {
		return refuse(s, "%q is neither none nor cosine, and a factor is one of an epoch there", s.To)
	}
	if m := mappingOf(x.picked("schedule").settings); m != nil && entry(m, "warmup") != nil {
		warm, to, err := x.span(entry(m, "warmup").Value)
		if err != nil {
			return err
		}
		kind = "{" + kind + ": {warmup: " + x.text[warm:to] + "}}"
	}
	return x.setKey("schedule", kind)
}

func warmup(x *experimentEdit, s nnvet.Setting) error {
	if err := number(s); err != nil {
		return err
	}
	p := x.picked("schedule")
	if p.name == "" {
		return x.setKey("schedule", "{constant: {warmup: "+s.To+"}}")
	}
	return x.configure(p, "warmup", s.To, mains[p.name])
}

func clip(x *experimentEdit, s nnvet.Setting) error {
	e := entry(x.root, "clip")
	if s.To != "none" {
		if err := number(s); err != nil {
			return err
		}
		if e == nil {
			return x.setKey("clip", "{norm: "+s.To+"}")
		}
		m := mappingOf(e.Value)
		if m == nil {
			return errPlace
		}
		return x.set(m, "norm", s.To)
	}
	if e == nil {
		return refuse(s, "the file does not clip")
	}
	if m := mappingOf(e.Value); m != nil && len(m.Values) > 1 {
		return x.drop(m, "norm")
	}
	return x.drop(x.root, "clip")
}

func (x *experimentEdit) data() *ast.MappingNode { return mappingOf(entry(x.root, "data").Value) }

// rest is the name of all columns that are not named.
const rest = `"*"`

func inputs(x *experimentEdit, s nnvet.Setting) error {
	if marker, ok := strings.CutPrefix(s.To, "missing "); ok {
		return x.missing(s, marker)
	}
	if s.To == "onehot" && s.Site == "" || !slices.Contains([]string{"standardize", "none", "log", "drop", "onehot"}, s.To) {
		return refuse(s, "an experiment file has no transform %q", s.To)
	}
	if s.Site != "" {
		return x.transform(plain(s.Site), s.To)
	}
	e := entry(x.data(), "transform")
	if e == nil {
		return x.set(x.data(), "transform", "{"+rest+": "+s.To+"}")
	}
	m := mappingOf(e.Value)
	if m == nil { // one transform for all
		if s.To == "standardize" { // what auto does with numbers, and no harm to categories
			return x.replace(e.Value, "auto")
		}
		return x.replace(e.Value, s.To)
	}
	if s.To == "standardize" && entry(m, "*") != nil {
		if len(m.Values) == 1 {
			return x.drop(x.data(), "transform")
		}
		return x.drop(m, "*")
	}
	return x.transform(rest, s.To)
}

func targets(x *experimentEdit, s nnvet.Setting) error {
	if s.To != "standardize" {
		return refuse(s, "%q is nothing that becomes of targets", s.To)
	}
	return x.transform(plain(x.file.Data.Options.Target), s.To)
}

// missing says which number means a missing one. It is as the file of the data
// has it, which a column that is changed before it is fed does not tell.
func (x *experimentEdit) missing(s nnvet.Setting, marker string) error {
	var how *ast.MappingValueNode
	if e := entry(x.data(), "transform"); e != nil {
		how = entry(mappingOf(e.Value), s.Site)
	}
	if how == nil || how.Value.GetToken().Value != "none" {
		return refuse(s, "column %s is changed before it is fed, so that %s is not what the data say", s.Site, marker)
	}
	if entry(x.data(), "missing") != nil {
		return refuse(s, "the file says already what means a missing value")
	}
	return x.set(x.data(), "missing", "[\""+marker+"\"]")
}

// transform says what becomes of a column.
func (x *experimentEdit) transform(column, how string) error {
	e := entry(x.data(), "transform")
	switch {
	case e == nil:
		return x.set(x.data(), "transform", "{"+column+": "+how+"}")
	case mappingOf(e.Value) != nil:
		if old := entry(mappingOf(e.Value), unquoted(column)); old != nil {
			return x.replace(old.Value, how)
		}
		return x.add(mappingOf(e.Value), column+": "+how, nil)
	}
	from, to, err := x.span(e.Value)
	if err != nil {
		return err
	}
	if x.text[from:to] == "auto" {
		x.edit(from, to, "{"+column+": "+how+"}")
	} else {
		x.edit(from, to, "{"+rest+": "+x.text[from:to]+", "+column+": "+how+"}")
	}
	return nil
}

func noise(x *experimentEdit, s nnvet.Setting) error {
	if err := number(s); err != nil {
		return err
	}
	e := entry(x.root, "augment")
	if e == nil {
		return x.setKey("augment", "[{noise: "+s.To+"}]")
	}
	list, _ := e.Value.(*ast.SequenceNode)
	if list == nil {
		if p := pick(e.Value); p.name == "noise" {
			return x.configure(p, "amount", s.To, "amount")
		}
		return refuse(s, "the file changes rows in another way already")
	}
	for _, n := range list.Values {
		if p := pick(n); p.name == "noise" {
			return x.configure(p, "amount", s.To, "amount")
		}
	}
	return x.addItem(list, len(list.Values)-1, "noise: "+s.To)
}

var lossNames = map[string]string{
	"mse": "mse", "l1": "mae", "huber": "huber", "cross-entropy": "cross_entropy", "bce": "bce", "bce-logits": "bce_logits",
}

func loss(x *experimentEdit, s nnvet.Setting) error {
	name, ok := lossNames[s.To]
	if !ok {
		return refuse(s, "an experiment file has no loss %q", s.To)
	}
	return x.setKey("loss", name)
}

func delta(x *experimentEdit, s nnvet.Setting) error {
	if err := number(s); err != nil {
		return err
	}
	p := x.picked("loss")
	if p.name != "huber" {
		return refuse(s, "the loss is no huber")
	}
	if p.entry == nil {
		return x.replace(p.node, "{huber: "+s.To+"}")
	}
	return x.configure(p, "delta", s.To, "delta")
}

// word is a name that needs no quotes; truth values and the like are none.
var word = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// plain writes a name as a key.
func plain(name string) string {
	if word.MatchString(name) && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(name)) {
		return name
	}
	return strconv.Quote(name)
}

// unquoted returns the name that a key was written from.
func unquoted(key string) string {
	if name, err := strconv.Unquote(key); err == nil {
		return name
	}
	return key
}
