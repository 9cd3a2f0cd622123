package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
)

// Decisions are what `nnvet decide` came to: checks that no single run answers.
type Decisions struct {
	Of        string // what was trained
	Scale     string
	Split     string
	Decided   []Decided
	Trainings int
	Spent     time.Duration
	Changed   string // what was trained, where that is not the program as it was run
	Run       string // ID of the run, which commands name; "" of an experiment file alone
}

// A Decided is one of them.
type Decided struct {
	Check, Name string
	Outcome     string // "found", "clear", "not checked"
	Severity    string // of what was found
	Message     string
	Action      string
}

// DecidedText writes decisions as text. Its first line is the answer.
func DecidedText(w io.Writer, d *Decisions, style Style) error {
	p := newPage(style)
	p.wrap(2, span{bold, "nnvet: " + d.answer()})
	p.wrap(2, span{plain, fmt.Sprintf("%s%s  %s in %s  scores: %s", d.Of, after(", ", d.Changed), count(d.Trainings, "training"), spent(d.Spent), meaning(d.Scale, d.Split))})
	for _, outcome := range []string{"found", "clear", "not checked"} {
		first := true
		for _, x := range folded(d.Decided) {
			if x.Outcome == outcome {
				if first {
					p.blank()
				}
				first = false
				p.decided(&x)
			}
		}
	}
	p.section(func() {
		if d.Run != "" && d.waits() {
			p.wrap(11, span{plain, "  first    nnvet prove " + d.Run}, span{dim, "  mends what stands before depth and width"})
		}
		if d.Run != "" {
			p.wrap(11, span{plain, "  again    nnvet show " + d.Run}, span{dim, "  the diagnosis with what was decided"})
		}
	})
	return p.flush(w)
}

// waits reports whether an experiment was left until something else is mended.
func (d *Decisions) waits() bool {
	return slices.ContainsFunc(d.Decided, func(x Decided) bool {
		return x.Outcome == notDone && strings.Contains(x.Message, "stands before them")
	})
}

// experiments tells in a diagnosis what was decided of its run. What could not be
// done is counted: nnvet decide says why.
func (p *page) experiments(d *Decisions) {
	if d == nil {
		return
	}
	p.wrap(2, span{bold, " experiments"}, span{plain, after(" ", d.Changed) + " (nnvet decide)"})
	undone := 0
	for _, x := range d.Decided {
		if x.Outcome == notDone {
			undone++
			continue
		}
		p.decided(&x)
	}
	if undone > 0 {
		p.wrap(4, span{dim, fmt.Sprintf("%d could not be done", undone)})
	}
}

// notDone is the outcome of an experiment that could not be done.
const notDone = "not checked"

// folded returns decisions of which those that are not made for one reason are one.
func folded(all []Decided) []Decided {
	var out []Decided
	for _, x := range all {
		i := slices.IndexFunc(out, func(o Decided) bool {
			return x.Outcome == "not checked" && o.Outcome == x.Outcome && o.Message == x.Message
		})
		if i < 0 {
			out = append(out, x)
			continue
		}
		out[i].Name += ", " + x.Name
	}
	return out
}

func (d *Decisions) answer() string {
	var names []string
	judged := 0
	for _, x := range d.Decided {
		switch x.Outcome {
		case "found":
			names = append(names, x.Name)
			judged++
		case "clear":
			judged++
		}
	}
	switch {
	case len(names) > 0:
		return fmt.Sprintf("of %s, %d found something: %s", count(judged, "experiment"), len(names), strings.Join(names, ", "))
	case judged == 0:
		return "no experiment could be done"
	}
	return fmt.Sprintf("%s found nothing", count(judged, "experiment"))
}

func (p *page) decided(x *Decided) {
	switch x.Outcome {
	case "found":
		r := severityRole(nnvet.Warning)
		switch x.Severity {
		case "error":
			r = severityRole(nnvet.Error)
		case "note":
			r = dim
		}
		p.wrap(4, span{r, x.Severity}, span{bold, " " + x.Name}, span{plain, " (" + x.Check + "): " + x.Message})
		if x.Action != "" {
			p.wrap(6, span{advice, "  try"}, span{plain, ": " + x.Action})
		}
	case "clear":
		text := " " + x.Name
		if x.Message != "" {
			text += " (" + x.Message + ")"
		}
		p.wrap(4, span{good, "clear"}, span{plain, text})
	default:
		p.wrap(4, span{dim, "not checked"}, span{plain, " " + x.Name + ": " + x.Message})
	}
}
