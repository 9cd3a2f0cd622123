package nnvet

// Declared is what a person said about data, in nnvet.toml or in an
// experiment file, that no measurement could tell.
type Declared struct {
	Groups []ColumnGroup
	Goal   *Goal // nil without
}

// A ColumnGroup is columns that belong together: their scales relative to
// each other mean something.
type ColumnGroup struct {
	Name    string
	Unit    string   // "" where none was said
	Columns []string // names, or indices as text
}

// A Goal is a figure that would be good enough: `mae < 2`.
type Goal struct {
	Metric string // "mae", "rmse", "r2", "accuracy", "loss"
	Below  bool   // it must lie below Value, or else above
	Value  float64
	Source Location
}
