package dataset

import (
	"bytes"
	"context"
	"fmt"
	"strings"
)

// maxKeys bounds the different keys of the objects in a file.
const maxKeys = 2_000_000

// jsonRows reads a text of which every line is an object.
type jsonRows struct {
	*window
	names   []string
	index   map[string]int // of names
	sinks   []*sink        // of the columns; nil where one is left out
	seen    []int64        // the row that a column was last in
	row     int64
	line    int64
	unknown func(key string) error // what to do with a key that is no column; nil after it became one
	list    []float32              // the array that was read last
}

// next reads up to most rows into the sinks, and returns their number.
func (j *jsonRows) next(most int) (int, error) {
	n := 0
	for n < most {
		line, err := j.nextLine()
		if err != nil {
			return n, fmt.Errorf("row %d (line %d): %w", j.row+1, j.line, err)
		}
		if line == nil {
			break
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		j.row++
		if err := j.object(n, line); err != nil {
			return n, fmt.Errorf("row %d (line %d): %w", j.row, j.line, err)
		}
		n++
	}
	return n, nil
}

// nextLine returns a line, or nil at the end.
func (j *jsonRows) nextLine() ([]byte, error) {
	j.line++
	for {
		if n := bytes.IndexByte(j.buf[j.at:], '\n'); n >= 0 {
			line := j.buf[j.at : j.at+n]
			j.at += n + 1
			return line, nil
		}
		if j.all {
			return nil, nil
		}
		if err := j.more(); err != nil {
			return nil, err
		}
	}
}

// object reads the row i of the batch.
func (j *jsonRows) object(i int, line []byte) error {
	t := jsonText{rest: line}
	err := t.object(func(key []byte) error {
		column, ok := j.index[string(key)]
		if !ok {
			if err := j.unknown(string(key)); err != nil {
				return err
			}
			if column, ok = j.index[string(key)]; !ok {
				column = -1
			}
		}
		if column >= 0 && j.seen[column] == j.row {
			return fmt.Errorf("two values for %q", clip(key))
		}
		return j.value(&t, i, column)
	})
	if err != nil {
		return err
	}
	for column, s := range j.sinks {
		if s != nil && j.seen[column] != j.row {
			s.putMissing(i)
		}
	}
	return nil
}

// value reads the value of a column, -1 for one that is left out.
func (j *jsonRows) value(t *jsonText, i, column int) error {
	v, err := t.value(&j.list)
	if err != nil {
		if column >= 0 {
			return fmt.Errorf("column %s: %w", j.names[column], err)
		}
		return err
	}
	if column < 0 {
		return nil
	}
	j.seen[column] = j.row
	s := j.sinks[column]
	switch {
	case s == nil:
		return nil
	case v.null:
		s.putMissing(i)
	case v.list:
		err = s.putList(i, j.list)
	case v.quoted:
		err = s.putText(i, j.row, v.text)
	default:
		err = s.put(i, j.row, v.text)
	}
	if err != nil {
		return fmt.Errorf("column %s: %w", j.names[column], err)
	}
	return nil
}

// A jsonReader reads a file in JSON Lines.
type jsonReader struct {
	jsonRows
	file *stream
	most int
}

func (r *jsonReader) next(context.Context) (int, error) { return r.jsonRows.next(r.most) }

func (r *jsonReader) Close() error { return r.file.Close() }

func openJSONL(in *input) (*jsonReader, string, error) {
	s, err := openStream(in.path)
	if err != nil {
		return nil, "", err
	}
	t, err := toUTF8(s)
	if err != nil {
		s.Close()
		return nil, "", err
	}
	rows := jsonRows{window: newWindow(t.r), index: make(map[string]int)}
	return &jsonReader{jsonRows: rows, file: s}, t.said, nil
}

func lookJSONL(_ context.Context, in *input, o *Options) (*view, error) {
	r, said, err := openJSONL(in)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	missing := newMissing(o.Missing)
	r.unknown = func(key string) error {
		if len(r.names) == maxKeys {
			return fmt.Errorf("more than %d different keys", maxKeys)
		}
		key = strings.Clone(key)
		e := &evidence{rows: int32(r.row - 1), missing: int32(r.row - 1)}
		r.index[key] = len(r.names)
		r.names = append(r.names, key)
		r.sinks = append(r.sinks, &sink{Field: Field{Name: key}, missing: missing, evidence: e})
		r.seen = append(r.seen, 0)
		return nil
	}
	n := 0
	for more := true; more && n < probe(max(len(r.names), 1)); {
		read, err := r.jsonRows.next(probeLeast)
		if err != nil {
			return nil, err
		}
		n += read
		more = read > 0
	}
	v := &view{said: nonEmpty(said)}
	for _, s := range r.sinks {
		g := glimpse{Field: s.Field, evidence: s.evidence}
		if s.Shape != nil {
			g.Kind, g.evidence = Array, nil
		}
		v.columns = append(v.columns, g)
	}
	v.rows, v.exact = estimate(int64(n), r.window, in, r.file)
	return v, nil
}

func nonEmpty(said string) []string {
	if said == "" {
		return nil
	}
	return []string{said}
}

func readJSONL(in *input, o *Options, p *plan) (reader, error) {
	r, _, err := openJSONL(in)
	if err != nil {
		return nil, err
	}
	for i, s := range p.sinks {
		r.index[s.Name] = i
		r.names = append(r.names, s.Name)
	}
	r.sinks, r.seen, r.most = p.sinks, make([]int64, len(p.sinks)), p.batch
	r.unknown = func(key string) error {
		if o.Columns != nil {
			return nil // it was left out
		}
		return fmt.Errorf("the key %q, which the first rows do not have: name the columns to read", clip([]byte(key)))
	}
	return r, nil
}
