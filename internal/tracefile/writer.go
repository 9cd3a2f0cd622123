package tracefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// A Writer appends records to the trace of one process.
type Writer struct {
	out  io.Writer
	name string // of the file, for errors
	line []byte // of a frequent record; kept for the next
	torn bool   // the last write was cut short
}

// NewWriter returns a writer of a trace to anything. Where that is a [Reader],
// records that know how reach it without being encoded: so a training in this
// process has its trace in memory.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out, name: "trace"} }

// Create makes the file of this process in a directory. The file must not
// exist: it is one process's alone.
func Create(dir string, rank int) (*Writer, error) {
	name := filepath.Join(dir, fmt.Sprintf("r%d-%d.jsonl", rank, os.Getpid()))
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &Writer{out: f, name: name}, nil
}

// Write appends a record: anything that [json.Marshal] takes, and in which
// numbers may be NaN or infinite. The line is in the file when it returns.
func (w *Writer) Write(record any) error {
	if f, ok := record.(frequent); ok {
		return w.frequent(f)
	}
	b, err := encode(record)
	if err != nil {
		return err
	}
	return w.put(frame(b))
}

// frequent writes a record that knows how.
func (w *Writer) frequent(f frequent) error {
	if r, ok := w.out.(*Reader); ok {
		return f.apply(r)
	}
	w.line = seal(f.encode(append(w.line[:0], unsealed...)))
	return w.put(w.line)
}

// put writes a line.
func (w *Writer) put(line []byte) error {
	if len(line) > maxLine {
		return fmt.Errorf("%s: a record of %d bytes", w.name, len(line)-crcLen-1)
	}
	if w.torn {
		line = append([]byte{'\n'}, line...)
	}
	n, err := w.out.Write(line)
	w.torn = n > 0 && n < len(line) || w.torn && n == 0
	return err
}

// Close closes the file.
func (w *Writer) Close() error {
	if c, ok := w.out.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

func encode(record any) ([]byte, error) {
	b, err := json.Marshal(record)
	var odd *json.UnsupportedValueError
	if errors.As(err, &odd) {
		return json.Marshal(finite(record))
	}
	return b, err
}

// finite returns a value as JSON has it: with strings in the place of numbers
// that are not finite, maps in that of structures, and all else as it is.
func finite(v any) any { return finiteValue(reflect.ValueOf(v)) }

func finiteValue(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	if _, ok := v.Interface().(json.Marshaler); ok {
		return v.Interface()
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return finiteFloat(v.Float(), v.Interface())
	case reflect.Pointer, reflect.Interface:
		return finiteValue(v.Elem())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return nil
		}
		out := make([]any, v.Len())
		for i := range out {
			out[i] = finiteValue(v.Index(i))
		}
		return out
	case reflect.Map:
		out := make(map[string]any, v.Len())
		for k, e := range v.Seq2() {
			out[fmt.Sprint(k)] = finiteValue(e)
		}
		return out
	case reflect.Struct:
		return finiteFields(v)
	}
	return v.Interface()
}

func finiteFloat(f float64, as any) any {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	return as
}

// finiteFields returns the exported fields of a structure by the names that
// their tags give them.
func finiteFields(v reflect.Value) map[string]any {
	out := make(map[string]any)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		omitted := strings.Contains(options, "omit") && v.Field(i).IsZero()
		if !f.IsExported() || name == "-" || omitted {
			continue
		}
		if name == "" {
			name = f.Name
		}
		out[name] = finiteValue(v.Field(i))
	}
	return out
}
