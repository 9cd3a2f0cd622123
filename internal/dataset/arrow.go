package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// maxMetadata bounds what describes a file, and is read into memory whole.
const maxMetadata = 256 << 20

// A boundedAllocator refuses the sizes that a hostile file may ask for. Its
// panic becomes an error in guarded.
type boundedAllocator struct{ memory.Allocator }

const maxAllocation = 2 << 30

func (a boundedAllocator) Allocate(n int) []byte {
	a.check(n)
	return a.Allocator.Allocate(n)
}

func (a boundedAllocator) Reallocate(n int, b []byte) []byte {
	a.check(n)
	return a.Allocator.Reallocate(n, b)
}

func (a boundedAllocator) check(n int) {
	if n > maxAllocation {
		panic(fmt.Errorf("a part of the file takes %s: write smaller row groups", Size(int64(n))))
	}
}

func allocator() memory.Allocator { return boundedAllocator{memory.NewGoAllocator()} }

// arrowRows reads record batches, of any length, into the sinks.
type arrowRows struct {
	read   func() (arrow.RecordBatch, error) // io.EOF at the end
	sinks  []*sink                           // of the columns of a record; nil where one is left out
	record arrow.RecordBatch
	at     int   // the next row of record
	row    int64 // rows before record
	most   int
	close  func() error
}

func (r *arrowRows) Close() error {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
	return r.close()
}

func (r *arrowRows) next(context.Context) (int, error) {
	for r.record == nil || r.at == int(r.record.NumRows()) {
		if r.record != nil {
			r.row += r.record.NumRows()
			r.record.Release()
			r.record = nil
		}
		record, err := r.read()
		if err == io.EOF {
			return 0, nil
		}
		if err != nil {
			return 0, fmt.Errorf("behind row %d: damaged or cut off: %w", r.row, err)
		}
		if len(record.Columns()) != len(r.sinks) {
			return 0, fmt.Errorf("behind row %d: damaged: %d columns of %d", r.row, len(record.Columns()), len(r.sinks))
		}
		record.Retain()
		r.record, r.at = record, 0
	}
	n := min(r.most, int(r.record.NumRows())-r.at)
	for j, s := range r.sinks {
		if s == nil {
			continue
		}
		if err := fromArrow(s, r.record.Column(j), r.at, n, r.row); err != nil {
			return 0, fmt.Errorf("%w", err)
		}
	}
	r.at += n
	return n, nil
}

// arrowKind returns what a type of Arrow is here. A text is open, Kind 0; a
// list without a length has the Shape [0].
func arrowKind(t arrow.DataType) (f Field, ok bool) {
	switch id := t.ID(); {
	case id == arrow.NULL, arrow.IsInteger(id), arrow.IsFloating(id), arrow.IsDecimal(id):
		f.Kind = Number
	case id == arrow.BOOL:
		f.Kind = Category
	case id == arrow.DATE32, id == arrow.DATE64, id == arrow.TIMESTAMP:
		f.Kind = Date
	case id == arrow.STRING, id == arrow.LARGE_STRING, id == arrow.STRING_VIEW:
	default:
		return arrowNested(t)
	}
	return f, true
}

func arrowNested(t arrow.DataType) (f Field, ok bool) {
	switch t := t.(type) {
	case *arrow.DictionaryType:
		f, ok = arrowKind(t.ValueType)
		if ok && f.Kind == 0 {
			f.Kind = Category
		}
		return f, ok && (f.Kind == Category || f.Kind == Number)
	case *arrow.FixedSizeListType:
		return Field{Kind: Array, Shape: []int{int(t.Len())}}, t.Len() > 0 && isNumeric(t.Elem())
	case *arrow.ListType:
		return Field{Kind: Array, Shape: []int{0}}, isNumeric(t.Elem())
	case *arrow.LargeListType:
		return Field{Kind: Array, Shape: []int{0}}, isNumeric(t.Elem())
	case arrow.ExtensionType:
		return arrowKind(t.StorageType())
	}
	return f, false
}

func isNumeric(t arrow.DataType) bool { return arrow.IsInteger(t.ID()) || arrow.IsFloating(t.ID()) }

// glimpseArrow returns the columns that a schema promises, and their sinks. A
// column of a type that cannot be trained on is left out and said.
func glimpseArrow(schema *arrow.Schema, o *Options) (*view, []*sink, error) {
	v := &view{}
	sinks := make([]*sink, schema.NumFields())
	missing := newMissing(o.Missing)
	for i, column := range schema.Fields() {
		f, ok := arrowKind(column.Type)
		if !ok {
			if o.asked(column.Name) {
				return nil, nil, fmt.Errorf("column %s: values of type %v are not read: convert it to numbers or texts", column.Name, column.Type)
			}
			v.said = append(v.said, fmt.Sprintf("column %s is left out: its type is %v", column.Name, column.Type))
			continue
		}
		f.Name = strings.Clone(column.Name)
		g := glimpse{Field: f}
		if f.Kind == 0 {
			g.evidence = &evidence{}
		}
		v.columns = append(v.columns, g)
		if f.Kind == 0 || f.Kind == Array && f.Shape[0] == 0 {
			e := g.evidence
			if e == nil {
				e = &evidence{}
			}
			sinks[i] = &sink{Field: Field{Name: f.Name}, missing: missing, evidence: e}
		}
	}
	return v, sinks, nil
}

// settleLists gives the columns of lists the length of the first one.
func (v *view) settleLists(sinks []*sink) error {
	shapes := make(map[string][]int)
	for _, s := range sinks {
		if s != nil {
			shapes[s.Name] = s.Shape
		}
	}
	for i := range v.columns {
		c := &v.columns[i]
		if c.Kind != Array || c.Shape[0] > 0 {
			continue
		}
		if c.Shape = shapes[c.Name]; c.Shape == nil {
			return fmt.Errorf("column %s: no list in the first rows", c.Name)
		}
	}
	return nil
}

// fromArrow puts n values of an array, from a place on, into a sink. Rows of
// the file are counted from before.
func fromArrow(s *sink, a arrow.Array, from, n int, before int64) error {
	if from+n > a.Len() {
		return fmt.Errorf("column %s: damaged: %d values", s.Name, a.Len())
	}
	if x, ok := a.(array.ExtensionArray); ok {
		a = x.Storage()
	}
	if s.Kind == Number || s.Kind == Date {
		if numbersFromArrow(s.numbers[:n], a, from) {
			if s.Kind == Number {
				s.missing.blank(s.numbers[:n])
			}
			return nil
		}
	}
	for i := range n {
		if a.IsNull(from + i) {
			s.putMissing(i)
			continue
		}
		row := before + int64(from+i) + 1
		if err := s.putArrow(i, row, a, from+i); err != nil {
			return fmt.Errorf("row %d, column %s: %w", row, s.Name, err)
		}
	}
	return nil
}

// putArrow sets one value that is no number.
func (s *sink) putArrow(i int, row int64, a arrow.Array, at int) error {
	switch a := a.(type) {
	case *array.Boolean:
		if a.Value(at) {
			return s.putText(i, row, []byte("true"))
		}
		return s.putText(i, row, []byte("false"))
	case array.StringLike:
		return s.putText(i, row, []byte(a.Value(at)))
	case *array.Dictionary:
		if k := a.GetValueIndex(at); a.Dictionary().IsValid(k) {
			return s.putArrow(i, row, a.Dictionary(), k)
		}
		s.putMissing(i)
		return nil
	case array.ListLike:
		return s.putArrowList(i, a, at)
	}
	var number [1]float64
	if s.Kind != Number && s.Kind != Date || !numbersFromArrow(number[:], a, at) {
		return fmt.Errorf("a value of type %v, where the first file has a %v", a.DataType(), s.Kind)
	}
	s.numbers[i] = number[0]
	return nil
}

func (s *sink) putArrowList(i int, a array.ListLike, at int) error {
	first, end := a.ValueOffsets(at)
	const longest = 1 << 28
	if first < 0 || end < first || end-first > longest || end > int64(a.ListValues().Len()) {
		return errors.New("damaged: a list outside of the file")
	}
	wide := make([]float64, end-first)
	if !numbersFromArrow(wide, a.ListValues(), int(first)) {
		return fmt.Errorf("a list of %v", a.ListValues().DataType())
	}
	narrow := make([]float32, len(wide))
	for k, v := range wide {
		narrow[k] = float32(v)
	}
	return s.putList(i, narrow)
}

// numbersFromArrow converts the numbers, or dates in seconds, of an array from
// a place on, as many as there is room for; false where it holds none.
func numbersFromArrow(to []float64, a arrow.Array, from int) bool {
	switch a := a.(type) {
	case *array.Float64:
		copy(to, a.Float64Values()[from:])
	case *array.Float32:
		convert(to, a.Float32Values()[from:], 1)
	case *array.Float16:
		for i := range to {
			to[i] = float64(a.Value(from + i).Float32())
		}
	case *array.Int64:
		convert(to, a.Int64Values()[from:], 1)
	case *array.Int32:
		convert(to, a.Int32Values()[from:], 1)
	case *array.Int16:
		convert(to, a.Int16Values()[from:], 1)
	case *array.Int8:
		convert(to, a.Int8Values()[from:], 1)
	case *array.Uint64:
		convert(to, a.Uint64Values()[from:], 1)
	case *array.Uint32:
		convert(to, a.Uint32Values()[from:], 1)
	case *array.Uint16:
		convert(to, a.Uint16Values()[from:], 1)
	case *array.Uint8:
		convert(to, a.Uint8Values()[from:], 1)
	case *array.Date32:
		convert(to, a.Date32Values()[from:], 86400)
	case *array.Date64:
		convert(to, a.Date64Values()[from:], 1e-3)
	case *array.Timestamp:
		unit := a.DataType().(*arrow.TimestampType).Unit
		convert(to, a.TimestampValues()[from:], unit.Multiplier().Seconds())
	case *array.Null:
	default:
		return decimalsFromArrow(to, a, from)
	}
	if a.NullN() > 0 {
		for i := range to {
			if a.IsNull(from + i) {
				to[i] = math.NaN()
			}
		}
	}
	return true
}

func decimalsFromArrow(to []float64, a arrow.Array, from int) bool {
	if !arrow.IsDecimal(a.DataType().ID()) {
		return false
	}
	for i := range to {
		to[i] = math.NaN()
		if a.IsValid(from + i) {
			to[i], _ = parseNumber([]byte(a.ValueStr(from+i)), '.')
		}
	}
	return true
}

func convert[T ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32](to []float64, from []T, scale float64) {
	if scale < 1 { // dividing by a whole number rounds once
		scale = math.Round(1 / scale)
		for i := range to {
			to[i] = float64(from[i]) / scale
		}
		return
	}
	for i := range to {
		to[i] = float64(from[i]) * scale
	}
}

// An arrowFile is a file in the stream format of Arrow IPC, or in its file
// format, which is a stream between a mark and a table of contents.
type arrowFile struct {
	*ipc.Reader
	stream *stream
	marked bool // in the file format
}

func openArrow(in *input) (*arrowFile, error) {
	s, err := openStream(in.path)
	if err != nil {
		return nil, err
	}
	f := &arrowFile{stream: s}
	head := make([]byte, 8)
	if _, err := io.ReadFull(s, head); err != nil {
		s.Close()
		return nil, cutOff(err)
	}
	var messages io.Reader = s
	if f.marked = bytes.HasPrefix(head, ipc.Magic); !f.marked {
		messages = io.MultiReader(bytes.NewReader(head), s)
	}
	f.Reader, err = ipc.NewReader(&messageReader{r: messages}, ipc.WithAllocator(allocator()), ipc.WithMetadataSizeLimit(maxMetadata), ipc.WithBodySizeLimit(maxAllocation))
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("damaged or cut off: %w", err)
	}
	return f, nil
}

// read returns the next record, or io.EOF where the file ends as it should.
func (f *arrowFile) read() (arrow.RecordBatch, error) {
	r, err := f.Read()
	if err != io.EOF || !f.marked {
		return r, err
	}
	rest, err := io.ReadAll(io.LimitReader(f.stream, maxMetadata))
	if err != nil {
		return nil, err
	}
	if !bytes.HasSuffix(rest, ipc.Magic) {
		return nil, errors.New("the end is missing")
	}
	return nil, io.EOF
}

func (f *arrowFile) Close() error {
	f.Release()
	return f.stream.Close()
}

func lookArrow(ctx context.Context, in *input, o *Options) (*view, error) {
	f, err := openArrow(in)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	v, sinks, err := glimpseArrow(f.Schema(), o)
	if err != nil {
		return nil, err
	}
	rows := &arrowRows{read: f.read, sinks: sinks, most: probeRows}
	if _, err := rows.next(ctx); err != nil {
		return nil, err
	}
	if r := rows.record; r != nil { // as many rows in the other bytes
		v.rows = int64(float64(r.NumRows()) * float64(in.stamps[0].size) / float64(max(f.stream.raw.n, 1)))
		r.Release()
	}
	return v, v.settleLists(sinks)
}

func readArrow(in *input, _ *Options, p *plan) (reader, error) {
	f, err := openArrow(in)
	if err != nil {
		return nil, err
	}
	sinks, err := p.arrowSinks(f.Schema())
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &arrowRows{read: f.read, sinks: sinks, most: p.batch, close: f.Close}, nil
}

// arrowSinks finds the sinks of the columns of a schema.
func (p *plan) arrowSinks(schema *arrow.Schema) ([]*sink, error) {
	var names []string
	found := 0
	sinks := make([]*sink, schema.NumFields())
	for i, f := range schema.Fields() {
		names = append(names, f.Name)
		if sinks[i] = p.of[f.Name]; sinks[i] != nil {
			found++
		}
	}
	return sinks, p.complete(found, names)
}
