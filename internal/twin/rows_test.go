package twin

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine/save"
)

// small is a file of three training rows and two validation rows.
func small() *save.File {
	return &save.File{
		Metadata: map[string]string{"format": format, "layout": `{"loss":"mse_loss","target":"numbers","shape":[1],"target_shape":[1],"beta":1,"red":"mean"}`,
			"facts": `{"3":{"stride":[2,2],"alpha":1.5,"transposed":false}}`, "total": "3", "skipped": "0", "idle": "4", "ordered": "0", "mixed": "2"},
		Tensors: []save.Tensor{
			{Name: "train.x", Shape: []int{3, 2}, Data: []float32{1, 2, 3, 4, 5, 6}}, {Name: "train.y", Shape: []int{3, 1}, Data: []float32{1, 0, 1}},
			{Name: "val.x", Shape: []int{2, 2}, Data: []float32{7, 8, 9, 10}}, {Name: "val.y", Shape: []int{2, 1}, Data: []float32{0, 1}},
		},
	}
}

func written(t testing.TB, f *save.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := save.WriteTensors(&b, f.Metadata, f.Tensors); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	if err := os.WriteFile(path, written(t, small()), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if r.Train.Rows != 3 || r.Val.Rows != 2 || r.Total != 3 || !r.Seen || r.Ordered {
		t.Errorf("got %+v", r)
	}
	if f := r.facts[3]; f.number("alpha", 0) != 1.5 || pair(f.whole("stride")) != [2]int{2, 2} || f.truth("transposed") || f.number("none", 7) != 7 {
		t.Errorf("got the facts %v", f)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(f *save.File)
		want   string
	}{
		{"format", func(f *save.File) { f.Metadata["format"] = "pt" }, "another version"},
		{"reason", func(f *save.File) { f.Metadata["why"] = "they take more than 256 MiB" }, "more than 256 MiB"},
		{"layout", func(f *save.File) { f.Metadata["layout"] = "{" }, "layout"},
		{"facts", func(f *save.File) { f.Metadata["facts"] = "[]" }, "facts"},
		{"targets gone", func(f *save.File) { f.Tensors = f.Tensors[:1] }, "without targets"},
		{"no rows", func(f *save.File) { f.Tensors = nil }, "no training rows"},
		{"other rows", func(f *save.File) { f.Tensors[1].Shape, f.Tensors[1].Data = []int{2, 1}, []float32{1, 2} }, "beside each other"},
		{"other shape", func(f *save.File) { f.Tensors[2].Shape = []int{2, 1, 2} }, "where training has"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := small()
			c.change(f)
			_, err := rowsOf(f)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			if kept := (*NotKept)(nil); errors.As(err, &kept) != (c.name == "reason") {
				t.Errorf("got the kind %T", err)
			}
		})
	}
}

// FuzzRead looks for a file that ends the program, or whose rows are not as many
// as it says.
func FuzzRead(f *testing.F) {
	f.Add(written(f, small()))
	bare := small()
	bare.Metadata["why"], bare.Tensors = "no time", nil
	f.Add(written(f, bare))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := save.ReadTensors(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		r, err := rowsOf(file)
		if err != nil {
			return
		}
		of := 1
		for _, extent := range r.Shape {
			of *= extent
		}
		for _, p := range []Part{r.Train, r.Val} {
			if len(p.X) != p.Rows*of || p.Rows > 0 && len(p.Y)%p.Rows != 0 {
				t.Errorf("%d rows of shape %v are %d numbers, beside %d targets", p.Rows, r.Shape, len(p.X), len(p.Y))
			}
		}
		for _, f := range r.facts {
			f.number("alpha", math.NaN())
			f.whole("stride")
		}
	})
}
