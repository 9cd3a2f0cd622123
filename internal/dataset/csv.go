package dataset

import (
	"context"
	"fmt"
	"math"
)

// How much of a text tells the kinds of its columns.
const (
	probeRows  = 10_000
	probeCells = 1 << 20 // then a file of a million columns is judged by its first rows
	probeLeast = 20
)

// probe returns the rows of a text that are looked at.
func probe(columns int) int { return min(max(probeCells/columns, probeLeast), probeRows) }

// A csvReader reads a CSV or TSV file.
type csvReader struct {
	csvRows
	file *stream
	most int
}

func (r *csvReader) next(context.Context) (int, error) { return r.csvRows.next(r.most) }

func (r *csvReader) Close() error { return r.file.Close() }

// openCSV opens a file behind its header.
func openCSV(in *input, o *Options) (*csvReader, dialect, error) {
	s, err := openStream(in.path)
	if err != nil {
		return nil, dialect{}, err
	}
	text, err := toUTF8(s)
	if err != nil {
		s.Close()
		return nil, dialect{}, err
	}
	w := newWindow(text.r)
	d, err := sniff(w, o)
	if err != nil {
		s.Close()
		return nil, dialect{}, err
	}
	if need := int64(len(d.names)) * columnBytes; need > o.MaxBytes {
		s.Close()
		return nil, dialect{}, fmt.Errorf("%d columns take %s of memory, and %s may be used: allow more memory, or store the columns as arrays in NPY", len(d.names), Size(need), Size(o.MaxBytes))
	}
	if text.said != "" {
		d.said = append(d.said, text.said)
	}
	rows := csvRows{window: w, delimiter: d.delimiter, names: d.names, line: 1}
	r := &csvReader{csvRows: rows, file: s}
	if d.header {
		if err := r.skipHeader(); err != nil {
			s.Close()
			return nil, dialect{}, err
		}
	}
	return r, d, nil
}

func (r *csvReader) skipHeader() error {
	r.sinks = make([]*sink, len(r.names))
	if _, err := r.readRow(0); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	r.row = 0
	return nil
}

func lookCSV(ctx context.Context, in *input, o *Options) (*view, error) {
	r, d, err := openCSV(in, o)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	v := &view{said: d.said, commas: d.delimiter != ',', columns: make([]glimpse, len(d.names))}
	gather(v, d.names, newMissing(o.Missing), &r.sinks)
	n, err := r.csvRows.next(probe(len(d.names)))
	if err != nil {
		return nil, err
	}
	v.rows, v.exact = estimate(int64(n), r.window, in, r.file)
	return v, nil
}

// gather makes sinks that gather evidence on columns.
func gather(v *view, names []string, missing missing, sinks *[]*sink) {
	all, evidence := make([]sink, len(names)), make([]evidence, len(names))
	*sinks = make([]*sink, len(names))
	for i, name := range names {
		v.columns[i] = glimpse{Field: Field{Name: name}, evidence: &evidence[i]}
		all[i] = sink{Field: v.columns[i].Field, missing: missing, evidence: &evidence[i]}
		(*sinks)[i] = &all[i]
	}
}

// estimate returns how many rows a file has, by the bytes that the first ones
// took, and whether that is all.
func estimate(rows int64, w *window, in *input, file *stream) (int64, bool) {
	left := len(w.buf) - w.at
	if w.all && left == 0 {
		return rows, true
	}
	used := float64(file.raw.n)
	if _, plain := file.Reader.(plainReader); plain {
		used -= float64(left)
	}
	return int64(math.Ceil(float64(rows) * float64(in.stamps[0].size) / max(used, 1))), false
}

func readCSV(in *input, o *Options, p *plan) (reader, error) {
	r, d, err := openCSV(in, o)
	if err != nil {
		return nil, err
	}
	found := 0
	r.sinks = make([]*sink, len(d.names))
	for i, name := range d.names {
		if r.sinks[i] = p.of[name]; r.sinks[i] != nil {
			found++
		}
	}
	if err := p.complete(found, d.names); err != nil {
		r.Close()
		return nil, err
	}
	r.most = p.batch
	return r, nil
}

// complete returns an error where a file lacks columns that the first one has.
func (p *plan) complete(found int, names []string) error {
	if found >= len(p.sinks) {
		return nil
	}
	there := make(map[string]bool, len(names))
	for _, n := range names {
		there[n] = true
	}
	for _, s := range p.sinks {
		if !there[s.Name] {
			return fmt.Errorf("no column %s, which the first file has: read files with the same columns", s.Name)
		}
	}
	return nil
}
