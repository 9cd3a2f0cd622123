package save

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"unicode/utf8"
)

// ReadTensors reads a safetensors file of float32 numbers, of size bytes.
// Nothing in the file is trusted: tensors must lie inside it, one after the
// other without overlap or gap, and memory is taken only for what is there.
func ReadTensors(r io.ReaderAt, size int64) (*File, error) {
	text, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	file, entries, err := parseHeader(text)
	if err != nil {
		return nil, err
	}
	start := int64(8 + len(text))
	if err := checkLayout(file.Tensors, entries, size-start); err != nil {
		return nil, err
	}
	for i := range file.Tensors {
		t := &file.Tensors[i]
		section := io.NewSectionReader(r, start+entries[i].Offsets[0], entries[i].Offsets[1]-entries[i].Offsets[0])
		if t.Data, err = readNumbers(section); err != nil {
			return nil, fmt.Errorf("tensor %s: %w", t.Name, err)
		}
	}
	return file, nil
}

// readFile reads the safetensors file at path. Errors begin with the path.
func readFile(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := ReadTensors(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return file, nil
}

// errNoTensors reports a file of another kind.
var errNoTensors = errors.New("no safetensors file")

func readHeader(r io.ReaderAt, size int64) ([]byte, error) {
	var length [8]byte
	if size < int64(len(length)) {
		return nil, errNoTensors
	}
	if _, err := r.ReadAt(length[:], 0); err != nil {
		return nil, unexpected(err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	switch {
	case n > maxHeader:
		return nil, errNoTensors
	case n > uint64(size-8):
		return nil, fmt.Errorf("cut short: a header of %d bytes in a file of %d", n, size)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(io.NewSectionReader(r, 8, int64(n)), text); err != nil {
		return nil, unexpected(err)
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%w: the header is not UTF-8", errNoTensors)
	}
	return text, nil
}

// parseHeader returns the tensors without their numbers, and where those lie.
// It goes by tokens since a map would hide a name that stands twice.
func parseHeader(text []byte) (*File, []entry, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, nil, fmt.Errorf("%w: the header is no JSON object", errNoTensors)
	}
	file := &File{}
	var entries []entry
	seen := make(map[string]bool)
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("header: %w", err)
		}
		name, _ := token.(string) // keys are nothing else
		if seen[name] {
			return nil, nil, fmt.Errorf("header: %.60q stands twice", name)
		}
		seen[name] = true
		if name == reserved {
			if err := dec.Decode(&file.Metadata); err != nil {
				return nil, nil, fmt.Errorf("header: metadata: %w", err)
			}
			continue
		}
		e, err := parseEntry(dec)
		if err != nil {
			return nil, nil, fmt.Errorf("tensor %.60s: %w", name, err)
		}
		file.Tensors = append(file.Tensors, Tensor{Name: name, Shape: e.Shape})
		entries = append(entries, e)
	}
	if _, err := dec.Token(); err != nil {
		return nil, nil, fmt.Errorf("header: %w", unexpected(err))
	}
	if rest := bytes.TrimRight(text[dec.InputOffset():], " "); len(rest) > 0 {
		return nil, nil, fmt.Errorf("header: %d bytes after its end", len(rest))
	}
	sortByOffset(file.Tensors, entries)
	return file, entries, nil
}

func parseEntry(dec *json.Decoder) (entry, error) {
	var e entry
	if err := dec.Decode(&e); err != nil {
		return e, err
	}
	if e.DType != dtype {
		return e, fmt.Errorf("numbers of type %.20q; only %s is read", e.DType, dtype)
	}
	if e.Shape == nil {
		return e, errors.New("no shape")
	}
	n, err := elements(e.Shape)
	if err != nil {
		return e, err
	}
	if len(e.Offsets) != 2 {
		return e, fmt.Errorf("%d offsets; two are due", len(e.Offsets))
	}
	if from, to := e.Offsets[0], e.Offsets[1]; from < 0 || to < from || to-from != int64(n)*width {
		return e, fmt.Errorf("offsets %d to %d do not hold %d numbers", from, to, n)
	}
	return e, nil
}

// sortByOffset orders tensors by where their numbers lie. Empty ones stand
// before those that begin at the same place.
func sortByOffset(tensors []Tensor, entries []entry) {
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		for k := range entries[a].Offsets {
			if d := entries[a].Offsets[k] - entries[b].Offsets[k]; d != 0 {
				return int(max(min(d, 1), -1))
			}
		}
		return 0
	})
	t, e := slices.Clone(tensors), slices.Clone(entries)
	for to, from := range order {
		tensors[to], entries[to] = t[from], e[from]
	}
}

// checkLayout holds that sorted tensors cover the bytes after the header,
// each byte once.
func checkLayout(tensors []Tensor, entries []entry, size int64) error {
	at := int64(0)
	for i, e := range entries {
		switch {
		case e.Offsets[1] > size:
			return fmt.Errorf("tensor %s: its numbers end at byte %d of %d: the file is cut short", tensors[i].Name, e.Offsets[1], size)
		case e.Offsets[0] < at:
			return fmt.Errorf("tensor %s: its numbers overlap those of %s", tensors[i].Name, tensors[i-1].Name)
		case e.Offsets[0] > at:
			return fmt.Errorf("tensor %s: %d bytes before its numbers belong to nothing", tensors[i].Name, e.Offsets[0]-at)
		}
		at = e.Offsets[1]
	}
	if at != size {
		return fmt.Errorf("%d bytes after the last tensor", size-at)
	}
	return nil
}

func readNumbers(r *io.SectionReader) ([]float32, error) {
	out := make([]float32, r.Size()/width)
	buf := make([]byte, min(r.Size(), 1<<16))
	for rest := out; len(rest) > 0; {
		n := min(len(rest), len(buf)/width)
		if _, err := io.ReadFull(r, buf[:n*width]); err != nil {
			return nil, unexpected(err)
		}
		for i := range rest[:n] {
			rest[i] = math.Float32frombits(binary.LittleEndian.Uint32(buf[i*width:]))
		}
		rest = rest[n:]
	}
	return out, nil
}

// unexpected turns the end of a file into an error: it was said to be longer.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("cut short: it changed while it was read")
	}
	return err
}
