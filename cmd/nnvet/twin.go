package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/plural"
	"github.com/nnvet/nnvet/internal/store"
	"github.com/nnvet/nnvet/internal/twin"
)

// tellTwin says what was kept of a run for a twin of its network, where, and
// whether the engine can build one.
func tellTwin(w io.Writer, run *store.Run, t *nnvet.Trace) {
	path := run.Path(twin.File)
	rows, err := twin.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("no rows were kept: the probe saw no training come to its end")
	}
	if err != nil {
		complain(w, fmt.Errorf("twin: %w", err))
		return
	}
	kept := fmt.Sprintf("twin: %s and %s are kept in %s%s, as --twin asked; delete it when you like",
		plural.Of(rows.Train.Rows, "training row"), plural.Of(rows.Val.Rows, "validation row"), fromHere(path), sizeOf(path))
	if t == nil {
		fmt.Fprintf(w, "nnvet: %s\n", kept)
		return
	}
	if _, err := twin.Build(t, rows); err != nil {
		kept += "; but " + err.Error()
	} else {
		kept += "; the engine can train this network"
	}
	fmt.Fprintf(w, "nnvet: %s\n", kept)
}

func sizeOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (%.1f MB)", float64(info.Size())/1e6)
}
