package tracefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/plural"
)

// maxFiles bounds the files of a run that are read.
const maxFiles = 4096

// A Dir follows a run's directory while it grows.
type Dir struct {
	path    string
	files   map[string]*file // by name
	crowded bool             // there are too many
	trace   *nnvet.Trace     // of all that was read, or nil
}

// A file is one process's trace.
type file struct {
	*Reader
	rank   int
	at     int64  // bytes read
	broken string // why nothing more is read
}

// OpenDir returns a follower of a directory, which need not exist yet. It
// reads nothing before [Dir.Poll].
func OpenDir(path string) *Dir { return &Dir{path: path, files: make(map[string]*file)} }

// Load reads a whole run.
func Load(path string) (*nnvet.Trace, error) {
	d := OpenDir(path)
	if err := d.Finish(); err != nil {
		return nil, err
	}
	return d.Trace(), nil
}

// Poll reads what was written since the last time. A directory that has
// vanished has nothing new. What else goes wrong stops no other file.
func (d *Dir) Poll() error {
	names, err := d.names()
	errs := []error{err}
	for _, name := range names {
		errs = append(errs, d.read(name))
	}
	return errors.Join(errs...)
}

// Finish reads the rest of a run that does not go on. It returns [ErrEmpty]
// where there is no trace, and [ErrNewer] where one is of a newer format.
func (d *Dir) Finish() error {
	err := d.Poll()
	d.trace = nil
	var good int64
	for _, f := range d.files {
		f.Finish()
		good += f.lines.good
	}
	if err != nil || good > 0 {
		return err
	}
	err = fmt.Errorf("%s: %w", d.path, ErrEmpty)
	if lost := d.lost(d.chosen()); lost != nil {
		err = fmt.Errorf("%w (%s)", err, strings.Join(lost, "; "))
	}
	return err
}

var fileName = regexp.MustCompile(`^r([0-9]{1,9})-([0-9]{1,19})\.jsonl$`)

// names lists the files of the run, in the order of ranks and processes.
func (d *Dir) names() ([]string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if fileName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, byNumbers)
	if len(names) > maxFiles {
		names, d.crowded = names[:maxFiles], true
	}
	return names, nil
}

// byNumbers compares names of files as r2-9 < r2-10 < r10-1.
func byNumbers(a, b string) int {
	return strings.Compare(padded(a), padded(b))
}

func padded(name string) string {
	m := fileName.FindStringSubmatch(name)
	return fmt.Sprintf("%9s-%19s", m[1], m[2])
}

// read reads the new bytes of one file.
func (d *Dir) read(name string) error {
	f := d.files[name]
	if f == nil {
		rank, err := strconv.Atoi(fileName.FindStringSubmatch(name)[1])
		if err != nil {
			return err
		}
		f = &file{Reader: NewReader(name), rank: rank}
		d.files[name] = f
	}
	if f.broken != "" || f.err != nil {
		return f.err
	}
	n, err := f.follow(filepath.Join(d.path, name))
	if n > 0 || f.broken != "" {
		d.trace = nil
	}
	return err
}

// follow reads a file from where it was left to where it ends now, and returns
// the number of new bytes.
func (f *file) follow(path string) (int64, error) {
	in, err := open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // it has vanished; what was read stays
	}
	if err != nil {
		f.broken = reason(err)
		return 0, nil
	}
	defer in.Close()
	fi, err := in.Stat()
	if err != nil {
		return 0, err
	}
	if fi.Size() < f.at {
		f.broken = fmt.Sprintf("it has shrunk to %d bytes after %d were read", fi.Size(), f.at)
		return 0, nil
	}
	n, err := copyAll(f.Reader, io.NewSectionReader(in, f.at, fi.Size()-f.at))
	f.at += n
	return n, err
}

// reason returns what is wrong, without the path that it is wrong with.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// open opens a file, if it is a regular one. A symbolic link may lead
// anywhere, and to open or read a pipe may wait for ever.
func open(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, errors.New("a symbolic link; not followed")
	}
	if err != nil {
		return nil, err
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = errors.New("not a regular file; not read")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// copyAll is io.Copy with a larger buffer, which it uses in any case.
func copyAll(w io.Writer, r io.Reader) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, make([]byte, 1<<20))
}

// Sources returns the checksums of the source files that the trace names.
func (d *Dir) Sources() map[string]uint32 {
	out := make(map[string]uint32)
	for _, f := range slices.Backward(d.chosen()) {
		maps.Copy(out, f.sources)
	}
	return out
}

// Trace returns what was read so far, the ranks merged.
func (d *Dir) Trace() *nnvet.Trace {
	if d.trace == nil {
		d.trace = d.merge()
	}
	return d.trace
}

// sorted returns the files in the order of ranks and processes.
func (d *Dir) sorted() []*file {
	var out []*file
	for _, name := range slices.SortedFunc(maps.Keys(d.files), byNumbers) {
		out = append(out, d.files[name])
	}
	return out
}

// chosen returns the file of each rank that has the most steps.
func (d *Dir) chosen() []*file {
	var out []*file
	for _, f := range d.sorted() {
		switch last := len(out) - 1; {
		case f.broken != "" && f.at == 0:
		case last < 0 || out[last].rank != f.rank:
			out = append(out, f)
		case f.b.Run.Steps > out[last].b.Run.Steps:
			out[last] = f
		}
	}
	return out
}

func (d *Dir) merge() *nnvet.Trace {
	chosen := d.chosen()
	var t *nnvet.Trace
	switch len(chosen) {
	case 0:
		t = NewReader("").Snapshot()
	case 1:
		t = chosen[0].snapshot()
	default:
		var ranks []*nnvet.Trace
		for _, f := range chosen {
			ranks = append(ranks, f.snapshot())
		}
		t = mergeRanks(ranks)
	}
	t.Lost = append(t.Lost, d.lost(chosen)...)
	return t
}

// lost says what of the directory was not read.
func (d *Dir) lost(chosen []*file) []string {
	var out []string
	for _, f := range d.sorted() {
		out = append(out, f.lost()...)
		switch {
		case f.broken != "":
			out = append(out, f.name+": "+f.broken)
		case !slices.Contains(chosen, f):
			out = append(out, fmt.Sprintf("%s: another process of rank %d, with %s; not part of this trace",
				f.name, f.rank, plural.Of(f.b.Run.Steps, "step")))
		}
	}
	if d.crowded {
		out = append(out, fmt.Sprintf("more than %d files; the others are not read", maxFiles))
	}
	return out
}
