package dataset

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/near"
)

// Options say how data is read. The zero Options detect everything.
type Options struct {
	Format  string   // csv, tsv, parquet, arrow, jsonl, npy, npz, idx or images; "" to detect it
	Columns []string // the columns to read, nil for all; they stay in the order of the file
	Target  string   // a column that is read whatever Columns says
	Known   []string // columns that may be there: a first line that has one of them is a header
	Labels  string   // npy and idx: the file of the labels; "" to look for it by the usual names
	Missing []string // texts that stand for a missing value, besides "", NA, NaN, null, ? and their kin; a number stands for all ways of writing it
	// MaxBytes bounds the memory that Load fills, and what has to be
	// decompressed in memory; 0 for a half of what is free.
	MaxBytes int64
}

// maxLooks bounds the files that Open looks into; the others are checked when
// they are read.
const maxLooks = 16

// A Source is a data set that can be read from its beginning, any number of
// times. Between two readings it keeps no file open.
type Source struct {
	o       Options
	format  format
	inputs  []*input
	fields  []Field
	verdict []verdict
	unread  []string // columns that the options leave out
	said    []string
	rows    int64 // an estimate where exact is false
	exact   bool
}

// Open finds the files that pattern means, a path, a folder or a glob, and
// looks into them.
func Open(ctx context.Context, pattern string, o Options) (*Source, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = FreeMemory() / 2
	}
	files, err := find(pattern)
	if err != nil {
		return nil, &SettingError{Key: "path", Err: err}
	}
	s := &Source{o: o}
	if err := s.choose(files); err != nil {
		return nil, err
	}
	views, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.settle(views); err != nil {
		return nil, fmt.Errorf("%s: %w", pattern, err)
	}
	return s, nil
}

// Columns returns the columns that are read, in the order of the file.
func (s *Source) Columns() []Field { return s.fields }

// Detected returns what was taken for granted about the files, a sentence
// each. A later Scan may add to it.
func (s *Source) Detected() []string { return slices.Clone(s.said) }

// Expect says of which kind a column of texts was before, where its values
// here look like another one: one value that is no number makes no column of
// texts of what a network took for numbers. Scan reports the value then.
func (s *Source) Expect(column string, kind Kind) {
	for i := range s.fields {
		v := &s.verdict[i]
		if s.fields[i].Name != column || !v.texts {
			continue
		}
		texts := v.kind == Category || v.kind == Text
		if texts && (kind == Number || kind == Date) || kind == Category && v.slips {
			v.kind, s.fields[i].Kind = kind, kind
		}
	}
}

// say notes what was detected, once.
func (s *Source) say(sentence string) {
	if sentence != "" && !slices.Contains(s.said, sentence) {
		s.said = append(s.said, sentence)
	}
}

// choose settles the format and pairs data with labels.
func (s *Source) choose(files []string) error {
	name := s.o.Format
	if name == "" {
		var err error
		if name, err = sameFormat(files); err != nil {
			return err
		}
	}
	var err error
	if s.format, err = formatNamed(name); err != nil {
		return err
	}
	if s.o.Labels != "" && !s.format.labels {
		return &SettingError{Key: "labels", Err: fmt.Errorf("labels %s: %s files hold their labels themselves: name the target", s.o.Labels, name)}
	}
	if s.format.labels {
		if s.inputs, err = pairs(files, s.o.Labels); err != nil {
			return err
		}
		for _, in := range s.inputs {
			if in.labels != "" && s.o.Labels == "" {
				s.say("labels from " + in.labels)
			}
		}
		return nil
	}
	for _, f := range files {
		in, err := newInput(f, "")
		if err != nil {
			return err
		}
		s.inputs = append(s.inputs, in)
	}
	return nil
}

// sameFormat returns the format of some files, which is one.
func sameFormat(files []string) (string, error) {
	first := ""
	for i, f := range files {
		name, err := detect(f)
		if err != nil {
			return "", fmt.Errorf("%s: %w", f, err)
		}
		if i == 0 {
			first = name
		} else if name != first {
			return "", fmt.Errorf("%s is %s and %s is %s: name files of one format", files[0], first, f, name)
		}
		if i == maxLooks {
			break // the others show when they are read
		}
	}
	return first, nil
}

// look looks into the first file, and into others.
func (s *Source) look(ctx context.Context) ([]*view, error) {
	var views []*view
	for _, in := range s.inputs[:min(len(s.inputs), maxLooks)] {
		v, err := guarded(in.path, func() (*view, error) { return s.format.look(ctx, in, &s.o) })
		if err != nil {
			return nil, err
		}
		said, err := compression(in.path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", in.path, err)
		}
		v.said = append(v.said, said...)
		views = append(views, v)
		if err := views[0].align(v); err != nil {
			return nil, fmt.Errorf("%s: %w: read files with the same columns", in.path, err)
		}
	}
	return views, nil
}

// align puts the columns of another file into the order of the first one, or
// returns how they differ.
func (v *view) align(other *view) error {
	if v == other {
		return nil
	}
	there := make(map[string]*glimpse, len(other.columns))
	for i := range other.columns {
		there[other.columns[i].Name] = &other.columns[i]
	}
	aligned := make([]glimpse, 0, len(v.columns))
	for i := range v.columns {
		a := &v.columns[i]
		b := there[a.Name]
		switch {
		case b == nil:
			return fmt.Errorf("no column %s, which the first file has", clip([]byte(a.Name)))
		case a.Kind != b.Kind && a.evidence == nil && b.evidence == nil:
			return fmt.Errorf("column %s holds a %v, but a %v in the first file", b.Name, b.Kind, a.Kind)
		case !slices.Equal(a.Shape, b.Shape):
			return fmt.Errorf("column %s has the shape %v, but %v in the first file", b.Name, b.Shape, a.Shape)
		}
		aligned = append(aligned, *b)
		delete(there, a.Name)
	}
	for _, b := range other.columns {
		if there[b.Name] != nil {
			return fmt.Errorf("column %s, which the first file has not", clip([]byte(b.Name)))
		}
	}
	other.columns = aligned
	return nil
}

// settle decides on the columns.
func (s *Source) settle(views []*view) error {
	first := views[0]
	keep, err := s.o.keep(first.names())
	if err != nil {
		return err
	}
	s.exact = len(views) == len(s.inputs)
	for _, v := range views {
		s.rows += v.rows
		s.exact = s.exact && v.exact
		for _, said := range v.said {
			s.say(said)
		}
	}
	s.rows = s.rows * int64(len(s.inputs)) / int64(len(views))
	for _, name := range first.names() {
		if !keep(name) {
			s.unread = append(s.unread, name)
		}
	}
	s.fields, s.verdict = make([]Field, 0, len(first.columns)), make([]verdict, 0, len(first.columns))
	for i := range first.columns {
		g := &first.columns[i]
		if !keep(g.Name) {
			continue
		}
		field, verdict := g.Field, verdict{kind: g.Kind, point: '.'}
		if e := g.evidence; e != nil {
			for _, v := range views[1:] {
				if other := v.columns[i].evidence; other != nil {
					e.merge(other)
				}
			}
			verdict = e.judge(g.Name, first.commas)
			if verdict.kind == Number && verdict.point == ',' {
				s.say("decimal comma")
			}
			s.say(verdict.said)
			field.Kind = verdict.kind
		}
		s.fields, s.verdict = append(s.fields, field), append(s.verdict, verdict)
	}
	if len(s.fields) == 0 {
		return fmt.Errorf("no columns")
	}
	return nil
}

func (v *view) names() []string {
	names := make([]string, len(v.columns))
	for i := range v.columns {
		names[i] = v.columns[i].Name
	}
	return names
}

// keep returns which columns are read.
func (o *Options) keep(names []string) (func(string) bool, error) {
	there := make(map[string]bool, len(names))
	for _, n := range names {
		if there[n] {
			return nil, fmt.Errorf("two columns are called %s: rename one", clip([]byte(n)))
		}
		there[n] = true
	}
	if o.Target != "" && !there[o.Target] {
		err := fmt.Errorf("there is no column %q for the target%s", o.Target, near.Among(o.Target, names))
		return nil, &SettingError{Key: "target", Name: o.Target, Err: err}
	}
	for _, c := range o.Columns {
		if !there[c] {
			return nil, &SettingError{Key: "columns", Name: c, Err: fmt.Errorf("there is no column %q%s", c, near.Among(c, names))}
		}
	}
	if o.Columns == nil {
		return func(string) bool { return true }, nil
	}
	wanted := make(map[string]bool, len(o.Columns))
	for _, c := range append([]string{o.Target}, o.Columns...) {
		wanted[c] = true
	}
	return func(name string) bool { return wanted[name] }, nil
}

// asked tells whether a column was asked for by its name.
func (o *Options) asked(name string) bool {
	return name == o.Target || slices.Contains(o.Columns, name) || slices.Contains(o.Known, name)
}

// guarded calls a reader of a foreign file, names the file in its error, and
// makes an error of a panic: libraries that read hostile files may.
func guarded[T any](path string, read func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: damaged: %s", path, strings.TrimSpace(fmt.Sprint(p)))
		}
	}()
	if v, err = read(); err != nil {
		return v, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}
