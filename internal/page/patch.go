package page

import "strings"

// A patchLine is a line of a unified diff.
type patchLine struct{ Sign, Text string }

// patchLines tells the lines that a diff adds and takes away from the others.
func patchLines(diff string) []patchLine {
	var out []patchLine
	for line := range strings.Lines(diff) {
		line = strings.TrimRight(line, "\r\n")
		sign := ""
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
		case strings.HasPrefix(line, "+"), strings.HasPrefix(line, "-"):
			sign = line[:1]
		}
		out = append(out, patchLine{sign, line})
	}
	return out
}
