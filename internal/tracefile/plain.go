package tracefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/nnvet/nnvet/internal/plural"
)

// Plain writes the records of a run as plain JSON Lines, file by file. It goes
// on past what it cannot read, and then returns what that was as an error.
func Plain(w io.Writer, dir string) error {
	names, err := OpenDir(dir).names()
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s: %w", dir, ErrEmpty)
	}
	errs := []error{err}
	for _, name := range names {
		if err := plainFile(w, filepath.Join(dir, name)); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func plainFile(w io.Writer, path string) error {
	in, err := open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	p := &printer{w: w}
	p.lines.take, p.lines.lose = p.print, p.lose
	if _, err := copyAll(p, in); err != nil {
		return err
	}
	if p.lost.n > 0 {
		return fmt.Errorf("%s; %s read", p.lost.places("damaged line"), plural.Of(p.lines.good, "good line"))
	}
	return nil
}

// A printer writes the JSON of good lines.
type printer struct {
	w     io.Writer
	lines splitter
	lost  tally
	err   error
}

func (p *printer) Write(b []byte) (int, error) {
	p.lines.write(b)
	return len(b), p.err
}

func (p *printer) print(b []byte) {
	if !json.Valid(b) || bytes.IndexByte(b, '{') != 0 {
		p.lines.good--
		p.lose("not a JSON object")
		return
	}
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, "%s\n", b)
	}
}

func (p *printer) lose(reason string) { p.lost.add(Damage{p.lines.offset, reason}) }
