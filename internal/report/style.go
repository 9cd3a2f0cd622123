package report

import "strconv"

// A Style says how text is to look. Only [Text], [Status] and [Live] heed it;
// the other formats look the same everywhere. The zero Style is plain text of
// 80 columns.
type Style struct {
	Color  bool // 16 ANSI colours; the text under them is the same
	ASCII  bool // no byte above 127
	Linear bool // one fact a line, no tables and no drawings, for screen readers
	Width  int  // columns; 0 means 80
}

// The narrowest and the widest text: below it tables break, above it lines
// are too long to read.
const (
	minWidth     = 40
	maxWidth     = 120
	defaultWidth = 80
)

// StyleFor returns the style that the environment asks for. columns is the
// width of the terminal, 0 where there is none or it is unknown.
func StyleFor(getenv func(string) string, isTerminal bool, columns int) Style {
	dumb := getenv("TERM") == "dumb"
	s := Style{ASCII: dumb, Linear: on(getenv("NNVET_LINEAR")), Width: columns}
	switch {
	case getenv("NO_COLOR") != "":
	case on(getenv("CLICOLOR_FORCE")):
		s.Color = true
	default:
		s.Color = isTerminal && !dumb
	}
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		s.Width = n
	}
	return s
}

func on(v string) bool { return v != "" && v != "0" }

// agents lists the variables that coding agents set for the commands they run.
var agents = []string{"AI_AGENT", "CLAUDECODE", "VSCODE_AGENT", "CURSOR_AGENT", "GEMINI_CLI", "CODEX_THREAD_ID", "AGENT"}

// DefaultFormat returns the name of the format to use where none was asked
// for: "agent" under a coding agent, else "text".
func DefaultFormat(getenv func(string) string) string {
	for _, name := range agents {
		if on(getenv(name)) {
			return "agent"
		}
	}
	return "text"
}

func (s Style) width() int {
	if s.Width == 0 {
		return defaultWidth
	}
	return min(max(s.Width, minWidth), maxWidth)
}

// A role is what a piece of text is, which decides its colour. A word or a
// glyph always says the same.
type role int

const (
	plain role = iota
	bold
	dim    // secondary
	bad    // errors
	warn   // warnings
	good   // clear, and added lines
	place  // line numbers and arrows
	advice // help
)

// sgr holds the ANSI codes of the roles: only the 16 colours that every
// terminal has and that its user may have chosen.
var sgr = [...]string{plain: "", bold: "1", dim: "2", bad: "1;31", warn: "1;33", good: "32", place: "1;34", advice: "1;36"}

func (s Style) paint(r role, text string) string {
	if !s.Color || r == plain || text == "" {
		return text
	}
	return "\x1b[" + sgr[r] + "m" + text + "\x1b[0m"
}
