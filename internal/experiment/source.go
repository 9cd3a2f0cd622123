package experiment

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"github.com/nnvet/nnvet"
)

// Bounds of an experiment file: the time of the YAML parser grows with the
// square of what it holds, and a bad file may take it no more than a second.
const (
	maxFile  = 32 << 10 // bytes
	maxLines = 2000
	maxOpen  = 200 // brackets and dashes; those in comments and texts count too
)

// A source is the text of a file that places are looked up in.
type source struct {
	name  string
	text  string
	lines []string // without their ends
}

// newSource checks that a text can be one of YAML.
func newSource(name string, text []byte) (*source, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d KiB: an experiment file holds settings, no data", name, maxFile>>10)
	}
	s := &source{name: name, text: strings.TrimPrefix(string(text), "\ufeff")}
	s.text = strings.ReplaceAll(s.text, "\r\n", "\n") // places go astray at ends of two bytes
	s.lines = strings.Split(s.text, "\n")
	if len(s.lines) > maxLines {
		return nil, fmt.Errorf("%s: more than %d lines: an experiment file holds settings, no data", name, maxLines)
	}
	open := 0
	for i, line := range s.lines {
		if !utf8.ValidString(line) {
			return nil, fmt.Errorf("%s:%d: not UTF-8: save the file in that encoding", name, i+1)
		}
		if c := strings.IndexFunc(line, unprintable); c >= 0 {
			return nil, fmt.Errorf("%s:%d:%d: the control character %q: take it out", name, i+1, c+1, line[c])
		}
		open += strings.Count(line, "[") + strings.Count(line, "{") - strings.Count(line, "]") - strings.Count(line, "}")
		if open > maxOpen || strings.Count(line, "- ") > maxOpen {
			return nil, fmt.Errorf("%s:%d: more than %d open brackets, or lists in lists", name, i+1, maxOpen)
		}
	}
	return s, nil
}

func unprintable(r rune) bool { return unicode.IsControl(r) && r != '\t' }

// place returns the location of a token at a line and a column, both from 1,
// the column in characters. Its text ends at the last byte of raw, or with the
// line where it is written in another way.
func (s *source) place(line, column int, raw string) nnvet.Location {
	if line < 1 || line > len(s.lines) {
		return nnvet.Location{File: s.name}
	}
	text, col := s.lines[line-1], 0
	for range column - 1 {
		_, n := utf8.DecodeRuneInString(text[col:])
		col += n
	}
	at := nnvet.Location{File: s.name, Line: line, Col: col + 1, EndLine: line, EndCol: len(strings.TrimRight(text, " \t")) + 1}
	switch rest := text[col:]; {
	case rest == "":
		return nnvet.Location{File: s.name, Line: line} // a value that is not written
	case rest[0] == '"' || rest[0] == '\'':
		if n := Quoted(rest); n > 0 {
			at.EndCol = at.Col + n
		}
	case raw != "" && strings.HasPrefix(rest, raw):
		at.EndCol = at.Col + len(raw)
	}
	at.EndCol = max(at.EndCol, at.Col)
	return at
}

// Quoted returns the bytes of the quoted YAML scalar that s begins with, or 0
// where it does not end in s.
func Quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[0] == '"' && s[i] == '\\':
			i++
		case s[0] == '\'' && strings.HasPrefix(s[i:], "''"):
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return 0
}

// widest is the longest line that is quoted, in columns of a terminal.
const widest = 160

// quote returns the line of a place with carets below what is meant, or "".
func (s *source) quote(at nnvet.Location) string {
	if at.Line < 1 || at.Line > len(s.lines) {
		return ""
	}
	line := s.lines[at.Line-1]
	if runewidth.StringWidth(line) > widest || strings.TrimSpace(line) == "" {
		return ""
	}
	from, to := at.Col-1, at.EndCol-1
	if at.Col == 0 {
		from = len(line) - len(strings.TrimLeft(line, " \t"))
	}
	if at.Col == 0 || at.EndLine != at.Line {
		to = len(line)
	}
	from = min(max(from, 0), len(line))
	to = min(max(to, from), len(line))
	number := fmt.Sprint(at.Line)
	return fmt.Sprintf("\n%s | %s\n%s | %s%s", number, line, strings.Repeat(" ", len(number)), blank(line[:from]),
		strings.Repeat("^", max(1, runewidth.StringWidth(line[from:to]))))
}

// blank returns white space of a text's width.
func blank(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(strings.Repeat(" ", runewidth.RuneWidth(r)))
		}
	}
	return b.String()
}
