package experiment

import (
	"strings"

	"github.com/nnvet/nnvet"
)

// white is what may stand between the items of a list in brackets.
const white = " \t\n"

// cut returns what to delete so that an item of a list of several is gone: its
// lines, or its text with a comma beside it. It is not known where the item
// bears an anchor, or comments are in the way.
func (s *source) cut(item nnvet.Location) nnvet.Location {
	if item.Col == 0 || item.EndLine > len(s.lines) {
		return nnvet.Location{}
	}
	text := strings.Join(s.lines, "\n")
	from, to := s.offset(item.Line, item.Col), s.offset(item.EndLine, item.EndCol)
	before, after := text[:from], text[to:]
	left, right := strings.TrimRight(before, white), strings.TrimLeft(after, white)
	lineBefore := before[strings.LastIndex(before, "\n")+1:]
	rest, _, _ := strings.Cut(after, "\n")
	switch rest = strings.TrimLeft(rest, " \t"); {
	case strings.Trim(lineBefore, " \t") == "-":
		if rest != "" && rest[0] != '#' {
			return nnvet.Location{}
		}
		return s.between(len(before)-len(lineBefore)-1, s.offset(item.EndLine, len(s.lines[item.EndLine-1])+1))
	case strings.HasSuffix(left, ",") && (strings.HasPrefix(right, ",") || strings.HasPrefix(right, "]")):
		return s.between(len(left)-1, to)
	case strings.HasSuffix(left, "[") && strings.HasPrefix(right, ","):
		return s.between(from, len(text)-len(strings.TrimLeft(right[1:], white)))
	}
	return nnvet.Location{}
}

// offset returns where a place lies in the lines joined.
func (s *source) offset(line, col int) int {
	n := col - 1
	for _, l := range s.lines[:line-1] {
		n += len(l) + 1
	}
	return n
}

// between returns the location of a part of the lines joined.
func (s *source) between(from, to int) nnvet.Location {
	at := nnvet.Location{File: s.name}
	at.Line, at.Col = s.at(from)
	at.EndLine, at.EndCol = s.at(to)
	return at
}

func (s *source) at(offset int) (line, col int) {
	for i, l := range s.lines {
		if offset <= len(l) {
			return i + 1, offset + 1
		}
		offset -= len(l) + 1
	}
	return len(s.lines), len(s.lines[len(s.lines)-1]) + 1
}
