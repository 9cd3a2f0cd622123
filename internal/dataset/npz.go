package dataset

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
)

// An npzFile is an archive of arrays.
type npzFile struct {
	*random
	entries []npzEntry
}

type npzEntry struct {
	name string
	file *zip.File
	ndarray
	err error // why it is not read
}

func openNPZ(in *input, o *Options) (*npzFile, error) {
	r, err := openRandom(in.path, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(r, r.Size())
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("damaged or cut off: %w", err)
	}
	f := &npzFile{random: r}
	for _, file := range archive.File {
		e := npzEntry{name: strings.TrimSuffix(file.Name, ".npy"), file: file}
		e.ndarray, e.err = e.header()
		f.entries = append(f.entries, e)
	}
	return f, nil
}

func (e *npzEntry) header() (ndarray, error) {
	r, err := e.file.Open()
	if err != nil {
		return ndarray{}, err
	}
	defer r.Close()
	a, err := readHeader(r)
	if err != nil {
		return ndarray{}, err
	}
	return a, a.check(int64(min(e.file.UncompressedSize64, 1<<62)) - a.data)
}

// readable returns the arrays that are wanted, and what is said of the others.
func (f *npzFile) readable(o *Options) (entries []npzEntry, said []string, err error) {
	for _, e := range f.entries {
		switch {
		case o.Columns != nil && !o.asked(e.name):
		case e.err != nil && (o.asked(e.name) || len(f.entries) == 1):
			return nil, nil, fmt.Errorf("array %s: %w", e.name, e.err)
		case e.err != nil:
			said = append(said, fmt.Sprintf("array %s is left out: %v", e.name, e.err))
		default:
			entries = append(entries, e)
		}
	}
	for _, e := range entries {
		if e.rows() != entries[0].rows() {
			return nil, nil, fmt.Errorf("the arrays differ in their rows: %s: name those that belong together as the columns", sizes(entries))
		}
	}
	return entries, said, nil
}

func sizes(entries []npzEntry) string {
	var s []string
	for _, e := range entries {
		s = append(s, fmt.Sprintf("%s %v", e.name, e.shape))
	}
	return strings.Join(s, ", ")
}

func lookNPZ(_ context.Context, in *input, o *Options) (*view, error) {
	f, err := openNPZ(in, o)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, said, err := f.readable(o)
	if err != nil {
		return nil, err
	}
	v := &view{said: said, exact: true}
	for _, e := range entries {
		v.rows = int64(e.rows())
		v.columns = append(v.columns, glimpse{Field: e.field(e.name)})
	}
	for _, e := range f.entries { // so that a wrong name is told from one that was left out
		if o.Columns != nil && !o.asked(e.name) && e.err == nil {
			v.columns = append(v.columns, glimpse{Field: e.field(e.name)})
		}
	}
	return v, nil
}

func readNPZ(in *input, o *Options, p *plan) (reader, error) {
	f, err := openNPZ(in, o)
	if err != nil {
		return nil, err
	}
	r := &arrayReader{most: p.batch, files: []io.Closer{f}}
	found := 0
	for _, e := range f.entries {
		if p.of[e.name] == nil {
			continue
		}
		if found++; found == 1 && e.err == nil {
			r.rows = e.rows()
		}
		if err := f.add(r, e, o, p); err != nil {
			r.Close()
			return nil, fmt.Errorf("array %s: %w", e.name, err)
		}
	}
	var names []string
	for _, e := range f.entries {
		names = append(names, e.name)
	}
	if err := p.complete(found, names); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// add opens an array of the archive behind its header.
func (f *npzFile) add(r *arrayReader, e npzEntry, o *Options, p *plan) error {
	if e.err != nil {
		return e.err
	}
	in, err := e.file.Open()
	if err != nil {
		return err
	}
	r.files = append(r.files, in)
	a := &openArray{ndarray: e.ndarray, r: in}
	if e.fortran && len(e.shape) > 1 { // in memory, since an archive has no random access
		a.fortran = false
		if int64(e.file.UncompressedSize64) > o.MaxBytes {
			return fmt.Errorf("in Fortran's order it takes %s of memory: save it with np.ascontiguousarray", Size(int64(e.file.UncompressedSize64)))
		}
	}
	if _, err := io.CopyN(io.Discard, in, e.data); err != nil {
		return cutOff(err)
	}
	if err := r.add(a, e.file.Name, o, p, []Field{e.field(e.name)}); err != nil || !e.fortran {
		return err
	}
	return r.parts[len(r.parts)-1].hold(in)
}

// hold reads a whole array in Fortran's order into memory.
func (p *arrayPart) hold(r io.Reader) error {
	var all bytes.Buffer
	n := int64(p.rows()) * int64(p.width()) * int64(p.size)
	if _, err := io.CopyN(&all, r, n); err != nil {
		return cutOff(err)
	}
	p.at, p.data = bytes.NewReader(all.Bytes()), 0
	return nil
}
