package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"

	"github.com/nnvet/nnvet"
)

// Waive notes in a settings file, at its end, that the finding of a fingerprint
// is no fault, and why. With path "" it is the nnvet.toml of the working
// directory, which is made where there is none. A file that cannot take the
// note as it is written stays as it is.
func Waive(path, fingerprint, reason string, checks []*nnvet.Check) error {
	path = cmp.Or(path, ownFile)
	before, err := read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	note, err := noteFor(path, fingerprint, reason)
	if err != nil {
		return err
	}
	if len(before) > 0 {
		note = append([]byte("\n"), note...)
		if before[len(before)-1] != '\n' {
			note = append([]byte("\n"), note...)
		}
	}
	s, err := of(path, append(before[:len(before):len(before)], note...), checks)
	if err != nil || s.Options.Ignore[fingerprint] != reason {
		return fmt.Errorf("%s: its list \"ignore\" is to be changed by hand: add {fingerprint = %q, reason = ...}", path, fingerprint)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(note)
	return errors.Join(err, f.Close())
}

// noteFor returns the note as TOML.
func noteFor(path, fingerprint, reason string) ([]byte, error) {
	head := "[[ignore]]\n"
	if filepath.Base(path) == pythonFile {
		head = "[[tool.nnvet.ignore]]\n"
	}
	text, err := toml.Marshal(struct {
		Fingerprint string `toml:"fingerprint"`
		Reason      string `toml:"reason"`
	}{fingerprint, reason})
	return append([]byte(head), text...), err
}
