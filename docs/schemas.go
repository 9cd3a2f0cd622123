// Package docs holds the JSON schemas of what nnvet writes and reads, which lie
// beside the pages that explain them.
package docs

import (
	"embed"
	"slices"
	"strings"
)

//go:embed *.schema.json
var files embed.FS

const ending = ".schema.json"

// Schemas returns the names of the schemas, sorted: "diagnosis", "events" ...
func Schemas() []string {
	entries, _ := files.ReadDir(".") // the folder is part of the program
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ending))
	}
	slices.Sort(names)
	return names
}

// Schema returns a schema by its name.
func Schema(name string) ([]byte, error) { return files.ReadFile(name + ending) }
