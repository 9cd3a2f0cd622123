package casebook

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Files of the casebook's folder.
const (
	casesFile = "cases.json"
	tasksFile = "tasks.json"
)

// taskEntry is a task as the list has it.
type taskEntry struct {
	Name  string  `json:"name"`
	What  string  `json:"what"`
	Part  string  `json:"part"`
	Floor float64 `json:"floor"`
}

// Write writes the lists of tasks and of labelled cases, and how many there
// are, into a folder.
func Write(dir string, tasks []Task, cases []*Case) error {
	var entries []taskEntry
	for _, t := range tasks {
		entries = append(entries, taskEntry{t.Name, t.What, t.Part, t.Floor})
	}
	if err := writeLines(filepath.Join(dir, tasksFile), entries); err != nil {
		return err
	}
	if err := writeDenominators(filepath.Join(dir, "denominators.md"), cases); err != nil {
		return err
	}
	return writeLines(filepath.Join(dir, casesFile), cases)
}

// writeLines writes a JSON array, an element a line, so that changes can be read.
func writeLines[T any](path string, list []T) error {
	out := []byte("[\n")
	for i, e := range list {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		out = append(append(out, ' '), line...)
		if i+1 < len(list) {
			out = append(out, ',')
		}
		out = append(out, '\n')
	}
	return os.WriteFile(path, append(out, "]\n"...), 0o644)
}

// Labelled returns all cases with the labels that the folder has for them.
func Labelled(dir string, tables Tables) ([]*Case, error) {
	text, err := os.ReadFile(filepath.Join(dir, casesFile))
	if err != nil {
		return nil, err
	}
	var listed []*Case
	if err := json.Unmarshal(text, &listed); err != nil {
		return nil, fmt.Errorf("%s: %w", casesFile, err)
	}
	byName := make(map[string]*Case)
	for _, c := range listed {
		byName[c.Name] = c
	}
	all := Cases(tables)
	for _, c := range all {
		l := byName[c.Name]
		if l == nil {
			return nil, fmt.Errorf("%s: there is no case %s: label the cases again", casesFile, c.Name)
		}
		c.Label, c.By, c.Skill, c.Lost, c.Risen, c.Faults = l.Label, l.By, l.Skill, l.Lost, l.Risen, l.Faults
	}
	if len(listed) != len(all) {
		return nil, fmt.Errorf("%s: %d cases, where there are %d: label the cases again", casesFile, len(listed), len(all))
	}
	return all, nil
}
