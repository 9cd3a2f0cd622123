package page

import "io"

// A document is what every page but the main one tells its head.
type document struct {
	Tab    string
	Policy string // "" of a page that is served, whose answer has it
}

// List writes a page of runs with their verdicts. Where it is live, runs are
// links.
func List(w io.Writer, runs []Run, live bool) error {
	d := struct {
		document
		Runs []Run
		Live bool
	}{document{Tab: "nnvet: runs"}, runs, live}
	if !live {
		d.Policy = policy("'none'", "'none'")
	}
	return execute(w, "list", d)
}

// previous returns the run before one in a list of the newest first, of the
// same command: what one wants to compare with. It is nil where there is none.
func previous(runs []Run, i int) *Run {
	for j := i + 1; j < len(runs); j++ {
		if runs[j].Command == runs[i].Command {
			return &runs[j]
		}
	}
	return nil
}
