package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/nnvet/nnvet/internal/plural"
)

// maxRowValues bounds the numbers in a row of an array: an image of 2048 x
// 2048 x 3 has 13 million.
const maxRowValues = 1 << 24

// An ndarray is what a header tells of an array; its first extent counts rows.
type ndarray struct {
	dtype
	shape   []int
	fortran bool  // the first index varies fastest
	data    int64 // bytes before the first value
}

func (a *ndarray) rows() int { return a.shape[0] }

// width returns the values of a row.
func (a *ndarray) width() int {
	n := 1
	for _, extent := range a.shape[1:] {
		n *= extent
	}
	return n
}

// check bounds what the header claims; left are the bytes behind it, or -1.
func (a *ndarray) check(left int64) error {
	if len(a.shape) == 0 {
		return errors.New("one number, no array of rows")
	}
	width := int64(1)
	for _, extent := range a.shape[1:] {
		if extent < 1 {
			return fmt.Errorf("the shape %v has an extent of %d", a.shape, extent)
		}
		if width *= int64(extent); width > maxRowValues {
			return fmt.Errorf("the shape %v has more than %d values in a row", a.shape, maxRowValues)
		}
	}
	const most = 1 << 34 // rows
	if a.shape[0] < 0 || a.shape[0] > most {
		return fmt.Errorf("the shape %v has %d rows", a.shape, a.shape[0])
	}
	need := float64(a.shape[0]) * float64(width) * float64(a.size)
	if left >= 0 && need > float64(left) {
		return fmt.Errorf("the shape %v takes %.0f bytes, but %d follow: the file is cut off, copy or download it again", a.shape, need, left)
	}
	return nil
}

// field returns the column that an array is, of the given name.
func (a *ndarray) field(name string) Field {
	switch {
	case a.isText():
		return Field{Name: name, Kind: Category}
	case a.width() == 1:
		return Field{Name: name, Kind: Number}
	}
	return Field{Name: name, Kind: Array, Shape: a.shape[1:]}
}

// An arrayPart reads the rows of one array into one sink, or a row's values
// into one sink each.
type arrayPart struct {
	ndarray
	sinks []*sink
	r     io.Reader   // at the next row
	at    io.ReaderAt // instead of r, where the array is in Fortran's order
	row   int
	raw   []byte
	wide  []float64
}

// fill puts n rows into the sinks.
func (p *arrayPart) fill(n int) error {
	width := p.width()
	p.raw = sized(p.raw, n*width*p.size)
	if p.at != nil {
		if err := p.gather(n); err != nil {
			return err
		}
	} else if _, err := io.ReadFull(p.r, p.raw); err != nil {
		return fmt.Errorf("row %d: %w", p.row+1, cutOff(err))
	}
	defer func() { p.row += n }()
	if p.isText() {
		return p.putTexts(n)
	}
	p.wide = sized(p.wide, n*width)
	p.numbers(p.wide, p.raw)
	p.scatter(n, width)
	return nil
}

// gather reads n rows whose values stand far from each other.
func (p *arrayPart) gather(n int) error {
	width := p.width()
	run := make([]byte, n*p.size)
	for k := range width {
		first := (int64(p.columnOf(k))*int64(p.rows()) + int64(p.row)) * int64(p.size)
		if _, err := p.at.ReadAt(run, p.data+first); err != nil {
			return fmt.Errorf("row %d: %w", p.row+1, cutOff(err))
		}
		for i := range n {
			copy(p.raw[(i*width+k)*p.size:], run[i*p.size:(i+1)*p.size])
		}
	}
	return nil
}

// columnOf returns where, among the values of a row in Fortran's order, the
// one stands that is k-th in C's order.
func (p *arrayPart) columnOf(k int) int {
	column := 0
	for i := len(p.shape) - 1; i > 0; i-- {
		stride := 1
		for _, extent := range p.shape[1:i] {
			stride *= extent
		}
		column += k % p.shape[i] * stride
		k /= p.shape[i]
	}
	return column
}

func (p *arrayPart) putTexts(n int) error {
	for i := range n {
		if err := p.sinks[0].put(i, int64(p.row+i+1), p.text(p.raw[i*p.size:(i+1)*p.size])); err != nil {
			return fmt.Errorf("row %d: %w", p.row+i+1, err)
		}
	}
	return nil
}

func (p *arrayPart) scatter(n, width int) {
	if s := p.sinks[0]; len(p.sinks) == 1 && s != nil && s.Kind == Array {
		for i, v := range p.wide {
			s.values[i] = float32(v)
		}
		return
	}
	for k, s := range p.sinks {
		if s == nil {
			continue
		}
		for i := range n {
			s.numbers[i] = p.wide[i*width+k]
		}
	}
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// An arrayReader reads arrays with as many rows side by side.
type arrayReader struct {
	parts []*arrayPart
	rows  int
	at    int
	most  int
	files []io.Closer
}

func (r *arrayReader) next(context.Context) (int, error) {
	n := min(r.most, r.rows-r.at)
	if n == 0 {
		return 0, r.end()
	}
	for _, p := range r.parts {
		if err := p.fill(n); err != nil {
			return 0, err
		}
	}
	r.at += n
	return n, nil
}

// end reads past the last row, where .gz and .zip hold their checksums.
func (r *arrayReader) end() error {
	for _, p := range r.parts {
		if p.at != nil {
			continue
		}
		if _, err := io.ReadFull(p.r, make([]byte, 1)); err != nil && err != io.EOF {
			return fmt.Errorf("behind row %d: damaged: %w", r.rows, err)
		}
	}
	return nil
}

func (r *arrayReader) Close() error {
	var errs []error
	for _, f := range r.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// An openArray is an array whose header was read.
type openArray struct {
	ndarray
	r     io.Reader
	files []io.Closer
}

func (a *openArray) Close() error {
	var errs []error
	for _, f := range a.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// openArrayFile opens an NPY or IDX file behind its header.
func openArrayFile(path string) (*openArray, error) {
	s, err := openStream(path)
	if err != nil {
		return nil, err
	}
	a, err := readHeader(s)
	left := int64(-1)
	if _, plain := s.Reader.(plainReader); plain && err == nil {
		left, err = s.left(a.data)
	}
	if err == nil {
		err = a.check(left)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return &openArray{a, s, []io.Closer{s}}, nil
}

func (s *stream) left(used int64) (int64, error) {
	fi, err := s.file.Stat()
	if err != nil {
		return 0, reason(err)
	}
	return fi.Size() - used, nil
}

// readHeader reads the header of an NPY or IDX file.
func readHeader(r io.Reader) (ndarray, error) {
	var magic [4]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return ndarray{}, cutOff(err)
	}
	switch {
	case string(magic[:]) == npyMagic[:4]:
		return readNPYHeader(r)
	case magic[0] == 0 && magic[1] == 0:
		return readIDXHeader(magic, r)
	}
	return ndarray{}, errors.New("neither an NPY nor an IDX file")
}

// part reads an array of a file into sinks.
func (a *openArray) part(path string, o *Options, sinks []*sink) (*arrayPart, error) {
	p := &arrayPart{ndarray: a.ndarray, sinks: sinks, r: a.r}
	if a.fortran && len(a.shape) > 1 {
		r, err := openRandom(path, o.MaxBytes)
		if err != nil {
			return nil, err
		}
		a.files = append(a.files, r)
		p.at = r
	}
	return p, nil
}

// pairView is the view of a file of data and one of labels.
func pairView(fields []Field, data *openArray, in *input) (*view, error) {
	v := &view{rows: int64(data.rows()), exact: true}
	for _, f := range fields {
		v.columns = append(v.columns, glimpse{Field: f})
	}
	if in.labels == "" {
		return v, nil
	}
	labels, err := openArrayFile(in.labels)
	if err != nil {
		return nil, fmt.Errorf("labels %s: %w", in.labels, err)
	}
	defer labels.Close()
	if labels.rows() != data.rows() {
		return nil, fmt.Errorf("%s, but %s in %s", plural.Of(int64(data.rows()), "row"), plural.Of(int64(labels.rows()), "label"), in.labels)
	}
	v.columns = append(v.columns, glimpse{Field: labels.field(labelName(fields))})
	return v, nil
}

// labelName returns what labels are called beside data.
func labelName(data []Field) string {
	if data[0].Name == "image" {
		return "label"
	}
	return "y"
}

// readPair opens a file of data and one of labels. The columns of the data
// have the given names; those of an array alone are one each.
func readPair(in *input, o *Options, p *plan, fieldsOf func(*ndarray, bool) []Field) (_ reader, err error) {
	data, err := openArrayFile(in.path)
	if err != nil {
		return nil, err
	}
	r := &arrayReader{rows: data.rows(), most: p.batch}
	defer func() {
		if err != nil {
			r.Close()
		}
	}()
	r.files = append(r.files, data)
	fields := fieldsOf(&data.ndarray, in.labels != "")
	if err := r.add(data, in.path, o, p, fields); err != nil || in.labels == "" {
		return r, err
	}
	labels, err := openArrayFile(in.labels)
	if err != nil {
		return nil, fmt.Errorf("labels %s: %w", in.labels, err)
	}
	r.files = append(r.files, labels)
	return r, r.add(labels, in.labels, o, p, []Field{labels.field(labelName(fields))})
}

// add adds an array, if any of its columns is wanted.
func (r *arrayReader) add(a *openArray, path string, o *Options, p *plan, fields []Field) error {
	sinks := make([]*sink, len(fields))
	wanted := false
	for i, f := range fields {
		s := p.of[f.Name]
		if s == nil {
			continue
		}
		if s.Kind != f.Kind && !(s.Kind == Text && f.Kind == Category) || !slices.Equal(s.Shape, f.Shape) {
			return fmt.Errorf("column %s is a %v of shape %v, but a %v of shape %v in the first file", f.Name, f.Kind, f.Shape, s.Kind, s.Shape)
		}
		sinks[i], wanted = s, true
	}
	if !wanted {
		return nil
	}
	if a.rows() != r.rows {
		return fmt.Errorf("%s in %s, but %d in the others", plural.Of(int64(a.rows()), "row"), path, r.rows)
	}
	part, err := a.part(path, o, sinks)
	r.parts = append(r.parts, part)
	return err
}
