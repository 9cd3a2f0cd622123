module github.com/nnvet/nnvet

go 1.26.0

require (
	github.com/clipperhouse/uax29/v2 v2.2.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/mattn/go-runewidth v0.0.31 // columns that text takes on a terminal
	github.com/pelletier/go-toml/v2 v2.4.3 // nnvet.toml and pyproject.toml, with the line of every error
	github.com/rogpeppe/go-internal v1.16.0 // testscript: the cases of the commands
	github.com/spf13/cobra v1.10.2 // commands, flags and completions
	github.com/spf13/pflag v1.0.9 // flags from the environment
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/term v0.47.0 // whether stderr is a terminal, and how wide
	golang.org/x/tools v0.52.0 // txtar: the cases of vettest
)
