package main

import (
	"cmp"
	"encoding/json"
	"io"
	"os"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/store"
)

// entryOf returns a run as a line of a list, with the verdict that was kept.
func entryOf(run *store.Run) page.Run {
	e := page.Run{ID: run.Meta.ID, Command: strings.Join(run.Meta.Command, " "), Verdict: "none"}
	if !run.Meta.Started.IsZero() {
		e.When = run.Meta.Started.Format("2006-01-02 15:04")
	}
	if goesOn(run) {
		e.Worst = "training goes on"
		return e
	}
	f, err := os.Open(run.Path("diagnosis.json"))
	if err != nil {
		return e
	}
	defer f.Close()
	const most = 16 << 20 // bytes; a diagnosis has some 100 kB
	var kept struct {
		Verdict  string
		Findings []struct {
			Severity string
			Message  string
			CausedBy []string `json:"caused_by"`
		}
	}
	if json.NewDecoder(io.LimitReader(f, most)).Decode(&kept) != nil {
		return e
	}
	e.Verdict = kept.Verdict
	worst := map[string]string{} // the first message of each severity
	for _, x := range kept.Findings {
		if len(x.CausedBy) > 0 {
			continue
		}
		worst[x.Severity] = cmp.Or(worst[x.Severity], x.Message)
		switch x.Severity {
		case nnvet.Error.String():
			e.Errors++
		case nnvet.Warning.String():
			e.Warnings++
		}
	}
	e.Worst = cmp.Or(worst[nnvet.Error.String()], worst[nnvet.Warning.String()])
	return e
}
