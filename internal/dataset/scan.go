package dataset

import (
	"context"
	"fmt"
)

// Scan reads the rows of every file in order, batch by batch, in constant
// memory. It ends at the first error, its own or that of visit.
func (s *Source) Scan(ctx context.Context, visit func(*Batch) error) error {
	p := s.plan()
	b := &Batch{Columns: make([]Column, len(p.sinks))}
	total := int64(0)
	for _, in := range s.inputs {
		n, err := s.scanFile(ctx, in, p, b, visit)
		if err != nil {
			return err
		}
		total += n
	}
	for _, k := range p.sinks {
		if k.levels != nil && k.levels.western {
			s.say("texts that are not UTF-8 are read as windows-1252")
		}
	}
	for _, sentence := range p.missing.never() {
		s.say(sentence)
	}
	if total == 0 {
		return fmt.Errorf("%s: no rows", s.inputs[0].path)
	}
	return nil
}

// plan makes the sinks of a reading.
func (s *Source) plan() *plan {
	missing := newMissing(s.o.Missing)
	p := &plan{missing: missing, batch: rowsPerBatch(s.fields), of: make(map[string]*sink, len(s.fields))}
	all := make([]sink, len(s.fields))
	for i := range s.fields {
		k := &all[i]
		k.Field, k.verdict, k.missing = s.fields[i], s.verdict[i], missing
		k.plain = k.verdict.point == '.' && !k.verdict.percent && len(missing.numbers) == 0
		if k.Kind == Category || k.Kind == Text {
			k.levels = newLevels()
		}
		k.grow(p.batch)
		p.sinks = append(p.sinks, k)
		p.of[k.Name] = k
	}
	return p
}

// scanFile reads one file, and returns the number of its rows.
func (s *Source) scanFile(ctx context.Context, in *input, p *plan, b *Batch, visit func(*Batch) error) (int64, error) {
	if err := in.unchanged(); err != nil {
		return 0, err
	}
	r, err := guarded(in.path, func() (reader, error) { return s.format.read(in, &s.o, p) })
	if err != nil {
		return 0, err
	}
	defer r.Close() // nothing was written that could be lost
	rows := int64(0)
	b.File, b.First = in.path, 1
	for {
		if err := ctx.Err(); err != nil {
			return rows, err
		}
		n, err := guarded(in.path, func() (int, error) { return r.next(ctx) })
		if changed := in.unchanged(); changed != nil {
			return rows, changed // which explains every other error
		}
		if err != nil || n == 0 {
			return rows, err
		}
		b.Rows, b.Lines = n, nil
		if r, ok := r.(*csvReader); ok {
			b.Lines = r.lines
		}
		for j, k := range p.sinks {
			b.Columns[j] = k.column(n)
		}
		if err := visit(b); err != nil {
			return rows, err
		}
		rows += int64(n)
		b.First += int64(n)
	}
}
