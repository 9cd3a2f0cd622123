package casebook

import (
	"fmt"
	"io"

	"github.com/nnvet/nnvet/internal/stat"
)

// PrintDecisions prints, as Markdown, how often each experiment alarms on sound
// programs, with the bound below which the true share is with 95 % confidence,
// and how often it finds the fault that it names.
func PrintDecisions(w io.Writer, all []Decision) {
	fmt.Fprintln(w, "| check | sound programs judged | alarms, bound of 95 % | of these again on other seeds | notes | faulty programs that have it | found | of these again | not judged |")
	fmt.Fprintln(w, "| --- | --: | --: | --: | --: | --: | --: | --: | --: |")
	for _, c := range asking() {
		var t decisions
		for _, d := range all {
			if d.Check == c.ID {
				t.add(d)
			}
		}
		_, hi := stat.ClopperPearson(t.alarms, t.sound, 0.90)
		fmt.Fprintf(w, "| %s | %d | %d, %.1f %% | %d | %d | %d | %d | %d | %d |\n", c.Name, t.sound, t.alarms, 100*hi, t.alarmsAgain, t.notes, t.faulty, t.found, t.foundAgain, t.unjudged)
	}
	sound, alarmed, again := anyAlarm(all)
	_, hi := stat.ClopperPearson(alarmed, sound, 0.90)
	fmt.Fprintf(w, "| **any, of a program** | %d | %d, %.1f %% | %d | | | | | |\n", sound, alarmed, 100*hi, again)
	fmt.Fprintln(w)
	for _, d := range all {
		if d.Label == Sound && d.alarms() {
			fmt.Fprintf(w, "- %s, %s: %s; on other seeds: %s\n", d.Case, d.Name, d.Message, d.Again)
		}
	}
}

// decisions counts what one experiment came to.
type decisions struct {
	sound, alarms, alarmsAgain, notes int
	faulty, found, foundAgain         int
	unjudged                          int // of either
}

func (t *decisions) add(d Decision) {
	judged := d.Outcome != "not checked"
	again := d.Again == "warning" || d.Again == "error"
	switch {
	case !judged && (d.Label == Sound || d.Asked):
		t.unjudged++
	case d.Label == Sound && judged:
		t.sound++
		t.alarms += int(truth(d.alarms()))
		t.alarmsAgain += int(truth(d.alarms() && again))
		t.notes += int(truth(d.Outcome == "found" && !d.alarms()))
	case d.Asked:
		t.faulty++
		t.found += int(truth(d.Outcome == "found"))
		t.foundAgain += int(truth(d.Outcome == "found" && d.Again != "clear" && d.Again != "not checked"))
	}
}

// anyAlarm counts sound programs, those where any experiment alarms, and those
// where one does so again.
func anyAlarm(all []Decision) (sound, alarmed, again int) {
	seen := make(map[string][2]bool)
	for _, d := range all {
		if d.Label != Sound {
			continue
		}
		s := seen[d.Case]
		s[0] = s[0] || d.alarms()
		s[1] = s[1] || d.alarms() && (d.Again == "warning" || d.Again == "error")
		seen[d.Case] = s
	}
	for _, s := range seen {
		sound++
		alarmed += int(truth(s[0]))
		again += int(truth(s[1]))
	}
	return sound, alarmed, again
}
