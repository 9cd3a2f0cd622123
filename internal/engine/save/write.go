package save

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// reserved is the key of the header under which metadata stands.
const reserved = "__metadata__"

// entry is a tensor in the header. Offsets count from the end of the header.
type entry struct {
	DType   string  `json:"dtype"`
	Shape   []int   `json:"shape"`
	Offsets []int64 `json:"data_offsets"` // first byte, and the one after the last
}

// WriteTensors writes a safetensors file. The same tensors give the same bytes.
func WriteTensors(w io.Writer, metadata map[string]string, tensors []Tensor) error {
	text, err := header(metadata, tensors)
	if err != nil {
		return err
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text)))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	buf := make([]byte, 0, 1<<16)
	for i := range tensors {
		if buf, err = writeNumbers(w, buf, tensors[i].Data); err != nil {
			return err
		}
	}
	return nil
}

// header returns the header, padded with spaces so that the numbers after it
// are aligned for readers that map the file.
func header(metadata map[string]string, tensors []Tensor) ([]byte, error) {
	const alignment = 8
	all := make(map[string]any, len(tensors)+1)
	if len(metadata) > 0 {
		all[reserved] = metadata
	}
	at := int64(0)
	for i := range tensors {
		t := &tensors[i]
		if n, err := elements(t.Shape); err != nil || n != len(t.Data) {
			return nil, fmt.Errorf("tensor %s: %d numbers of shape %v", t.Name, len(t.Data), t.Shape)
		}
		if _, twice := all[t.Name]; twice || t.Name == reserved {
			return nil, fmt.Errorf("tensor %s: the name is taken", t.Name)
		}
		end := at + int64(len(t.Data))*width
		all[t.Name] = entry{dtype, append([]int{}, t.Shape...), []int64{at, end}}
		at = end
	}
	text, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	for len(text)%alignment != 0 {
		text = append(text, ' ')
	}
	if len(text) > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes; the format allows %d", len(text), maxHeader)
	}
	return text, nil
}

// writeNumbers writes numbers through a buffer that it empties and returns.
func writeNumbers(w io.Writer, buf []byte, data []float32) ([]byte, error) {
	for len(data) > 0 {
		n := min(len(data), cap(buf)/width)
		buf = buf[:0]
		for _, v := range data[:n] {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
		if _, err := w.Write(buf); err != nil {
			return nil, err
		}
		data = data[n:]
	}
	return buf, nil
}
