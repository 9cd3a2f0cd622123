package save_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/save"
)

func TestTensorsRoundTrip(t *testing.T) {
	big := make([]float32, 40_000) // more than the buffers hold at once
	for i := range big {
		big[i] = float32(i) * 0.5
	}
	want := &save.File{
		Metadata: map[string]string{"format": "pt", "note": "ü \"quoted\""},
		Tensors: []save.Tensor{
			{"dense1.weight", []int{2, 3}, []float32{1, -2, float32(math.Inf(1)), math.MaxFloat32, math.SmallestNonzeroFloat32, 0}},
			{"none", []int{0, 7}, []float32{}},
			{"scalar", []int{}, []float32{3}},
			{"big", []int{200, 200}, big},
		},
	}
	got, err := save.ReadTensors(written(t, want))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if again, _ := written(t, want); !bytes.Equal(contents(again), contents(first(written(t, want)))) {
		t.Error("the same tensors gave other bytes")
	}
}

func TestWriteTensorsRefuses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		tensors []save.Tensor
	}{
		{"numbers and shape differ", []save.Tensor{{"w", []int{2, 2}, []float32{1}}}},
		{"a name twice", []save.Tensor{{"w", []int{1}, []float32{1}}, {"w", []int{1}, []float32{1}}}},
		{"the name of the metadata", []save.Tensor{{"__metadata__", []int{1}, []float32{1}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := save.WriteTensors(&bytes.Buffer{}, nil, tt.tensors); err == nil {
				t.Error("got no error")
			}
		})
	}
}

func TestReadTensorsRefuses(t *testing.T) {
	const one = `{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`
	for _, tt := range []struct {
		name, header string
		data         int // bytes after the header
		want         string
	}{
		{"cut short", one, 4, "tensor w: its numbers end at byte 8 of 4"},
		{"bytes left over", one, 9, "1 bytes after the last tensor"},
		{"no JSON", `[1]`, 0, "no JSON object"},
		{"not UTF-8", "{\"\xff\":1}", 0, "not UTF-8"},
		{"open", `{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`, 0, "header: "},
		{"text after the header", one + "{}", 8, "2 bytes after its end"},
		{"other numbers", `{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}`, 4, `type "BF16"`},
		{"no shape", `{"w":{"dtype":"F32","data_offsets":[0,8]}}`, 8, "no shape"},
		{"negative extent", `{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, 8, "extent of -2"},
		{"a product past all integers", `{"w":{"dtype":"F32","shape":[4294967296,4294967296,16],"data_offsets":[0,8]}}`, 8, "more numbers than any file"},
		{"offsets that do not fit the shape", `{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8, "offsets 0 to 8 do not hold 3 numbers"},
		{"offsets from behind", `{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`, 8, "offsets 8 to 0"},
		{"negative offset", `{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`, 8, "offsets -8 to 0"},
		{"one offset", `{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}`, 8, "1 offsets"},
		{"overlap", `{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12, "tensor w: its numbers overlap those of v"},
		{"gap", `{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12, "4 bytes before"},
		{"a name twice", `{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8, `"w" stands twice`},
		{"metadata of numbers", `{"__metadata__":{"epoch":3}}`, 0, "metadata"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := save.ReadTensors(raw(tt.header, tt.data))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestReadTensorsNotOne(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"empty", "", "no safetensors file"},
		{"text", "epoch,loss\n1,0.5\n", "no safetensors file"},
		{"header past the end", "\x40\x00\x00\x00\x00\x00\x00\x00{}", "a header of 64 bytes in a file of 10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := save.ReadTensors(bytes.NewReader([]byte(tt.file)), int64(len(tt.file)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// FuzzReadTensors looks for a file that is read and cannot be written as it was.
func FuzzReadTensors(f *testing.F) {
	for _, file := range []*save.File{
		{},
		{Metadata: map[string]string{"format": "pt"}},
		{Tensors: []save.Tensor{{"a", []int{1, 2}, []float32{1, 2}}, {"b", []int{0}, nil}, {"c", nil, []float32{1}}}},
	} {
		f.Add(contents(first(written(f, file))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := save.ReadTensors(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		again, err := save.ReadTensors(written(t, file))
		if err != nil || len(again.Tensors) != len(file.Tensors) {
			t.Fatalf("got %v, %v, want %v", again, err, file)
		}
		if !bytes.Equal(contents(first(written(t, again))), contents(first(written(t, file)))) {
			t.Errorf("%v is not what %v was written from", again, file)
		}
	})
}

func written(t testing.TB, f *save.File) (*bytes.Reader, int64) {
	t.Helper()
	var b bytes.Buffer
	if err := save.WriteTensors(&b, f.Metadata, f.Tensors); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes()), int64(b.Len())
}

// raw returns a file with a header as it is written, and that many zeros after it.
func raw(header string, data int) (*bytes.Reader, int64) {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	b = append(append(b, header...), make([]byte, data)...)
	return bytes.NewReader(b), int64(len(b))
}

func first(r *bytes.Reader, _ int64) *bytes.Reader { return r }

func contents(r *bytes.Reader) []byte {
	b := make([]byte, r.Size())
	_, _ = r.ReadAt(b, 0)
	return b
}
