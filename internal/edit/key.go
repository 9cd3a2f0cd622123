package edit

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A key is a value that a program reads from a file of settings: "lr" of
// "train" in config.yaml. The tags are the names that the editor writes.
type key struct {
	File string   `json:"file"`
	Keys []string `json:"keys"`
	From string   `json:"from"` // what the run used
	To   string   `json:"to"`
}

// instead is what a person does.
func (k key) instead() string {
	return fmt.Sprintf("set %s to %s in %s", strings.Join(k.Keys, "."), k.To, k.File)
}

// set adds the change of the value to those of an answer. JSON is YAML, too.
// It is refused where the file does not say what the run used: the value then
// comes from elsewhere, or the file has changed since.
func (k key) set(dir string, first *Patch, files map[string][]byte, a *answer) error {
	refused := func(format string, args ...any) error {
		return &Refused{Why: k.File + ": " + fmt.Sprintf(format, args...), Instead: k.instead()}
	}
	switch filepath.Ext(k.File) {
	case ".yaml", ".yml", ".json":
	default:
		return refused("files of this form are not edited")
	}
	if !filepath.IsLocal(k.File) {
		return refused("it lies outside of the directory of the run")
	}
	name := filepath.ToSlash(filepath.Clean(k.File))
	text, err := first.read(dir, name)
	if err != nil {
		return refused("it cannot be read")
	}
	d, err := readDocument(string(text))
	if err != nil {
		return refused("%v", err)
	}
	at := d.value(k.Keys)
	if at == nil || absent(at) {
		return refused("%s is not written there", strings.Join(k.Keys, "."))
	}
	from, to, err := d.span(at)
	if err != nil {
		return refused("%v", err)
	}
	was, errWas := strconv.ParseFloat(k.From, 64)
	now, errNow := strconv.ParseFloat(d.text[from:to], 64)
	if errWas != nil || errNow != nil || math.Abs(was-now) > 0.02*math.Max(math.Abs(was), math.Abs(now)) {
		return refused("it says %s, and the run used %s", d.text[from:to], k.From)
	}
	d.edit(from, to, decimal(k.To))
	files[name] = text
	if a.Files == nil {
		a.Files = make(map[string][]bytesChange)
	}
	for _, c := range d.ofFile() {
		a.Files[name] = append(a.Files[name], bytesChange(c))
	}
	return nil
}

// decimal writes a number with a point: YAML 1.1, which PyYAML reads, takes
// 1e-5 for a word.
func decimal(text string) string {
	mantissa, exponent, ok := strings.Cut(text, "e")
	if !ok || strings.Contains(mantissa, ".") && strings.ContainsAny(exponent, "+-") {
		return text
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	if !strings.ContainsAny(exponent, "+-") {
		exponent = "+" + exponent
	}
	return mantissa + "e" + exponent
}

// value returns what stands at a path of keys, or nil.
func (d *document) value(keys []string) ast.Node {
	m := d.root
	for i, k := range keys {
		e := entry(m, k)
		if e == nil {
			return nil
		}
		if i == len(keys)-1 {
			return e.Value
		}
		m = mappingOf(e.Value)
	}
	return nil
}
