package experiment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nnvet/nnvet/internal/dataset"
)

// Init writes an experiment file for a data file, named as from where the
// experiment will lie: every key with its default and a word on it.
func Init(w io.Writer, path, target string, fields []dataset.Field) error {
	for _, name := range []string{path, target} {
		if !utf8.ValidString(name) {
			return fmt.Errorf("%q: not UTF-8, which an experiment file must be: rename it", name)
		}
	}
	var columns []string
	for _, f := range fields {
		columns = append(columns, f.Name)
	}
	if len(columns) > 0 && !slices.Contains(columns, target) {
		return fmt.Errorf("%s: no column %q to predict%s", path, target, meant(target, columns))
	}
	_, err := w.Write(starter(path, target, fields))
	return err
}

// starter returns the text of that file.
func starter(path, target string, fields []dataset.Field) []byte {
	s := &script{written: map[string]string{"data.path": quoteYAML(path), "data.target": quoteYAML(target)}}
	fmt.Fprintf(&s.text, "# yaml-language-server: $schema=%s\n", schemaURL)
	s.comment("", "An experiment for `nnvet run`. Every key stands with its default: delete what you do not change.")
	if len(fields) > 0 {
		s.comment("", "Columns: "+described(fields))
	}
	s.table("", "", unset("").keys())
	return s.text.Bytes()
}

// described names the columns with their kinds, as far as one would read on.
func described(fields []dataset.Field) string {
	const most = 40
	var out []string
	for i, f := range fields {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(fields)-most))
			break
		}
		out = append(out, fmt.Sprintf("%s (%v)", strings.TrimSuffix(strings.TrimPrefix(quoteYAML(f.Name), `"`), `"`), f.Kind))
	}
	return strings.Join(out, ", ")
}

// A script is a commented file that is being written.
type script struct {
	text    bytes.Buffer
	written map[string]string // what stands in the place of defaults, by path
}

// comment writes lines of a comment.
func (s *script) comment(indent, text string) {
	const width = 100
	line := indent + "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > width && line != indent+"#" {
			s.text.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	s.text.WriteString(line + "\n")
}

// table writes the keys of a map, below the path of the map.
func (s *script) table(indent, path string, settings []setting) {
	for _, k := range settings {
		if indent == "" {
			s.text.WriteByte('\n')
		}
		s.comment(indent, k.what)
		s.key(indent, path+k.name, k)
	}
}

func (s *script) key(indent, path string, k setting) {
	if w, ok := s.written[path]; ok {
		fmt.Fprintf(&s.text, "%s%s: %s\n", indent, k.name, w)
		return
	}
	switch to := k.to.(type) {
	case *section:
		if k.like == "" {
			fmt.Fprintf(&s.text, "%s%s:\n", indent, k.name)
			s.table(indent+"  ", path+".", to.settings)
			return
		}
	case *oneOf:
		if i := slices.IndexFunc(to.choices, func(c choice) bool { return c.name == k.def }); i >= 0 && len(to.choices[i].settings) > 0 {
			fmt.Fprintf(&s.text, "%s%s:\n%s  %s:\n", indent, k.name, indent, k.def)
			s.table(indent+"    ", path+"."+k.def+".", to.choices[i].settings)
			return
		}
	}
	if k.def == "" {
		fmt.Fprintf(&s.text, "%s# %s: %s\n", indent, k.name, k.like)
		return
	}
	fmt.Fprintf(&s.text, "%s%s: %s\n", indent, k.name, k.def)
}

var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./-]*$`)

// quoteYAML writes a text so that YAML reads it back. JSON's strings are YAML's.
func quoteYAML(text string) string {
	if plain.MatchString(text) && !slices.Contains([]string{"true", "false", "null", "auto"}, strings.ToLower(text)) {
		return text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return `""` // no text fails to encode
	}
	var out strings.Builder
	for _, r := range strings.TrimSuffix(b.String(), "\n") {
		if unicode.IsControl(r) { // JSON allows those from 0x7f on
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}
