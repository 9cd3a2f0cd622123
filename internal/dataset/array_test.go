package dataset_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

// npy returns an NPY file.
func npy(t testing.TB, descr, fortran, shape string, values ...any) string {
	t.Helper()
	var b bytes.Buffer
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", descr, fortran, shape)
	b.WriteString("\x93NUMPY\x01\x00")
	b.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(header))))
	b.WriteString(header)
	return b.String() + packed(t, descr[0] == '>', values...)
}

func packed(t testing.TB, big bool, values ...any) string {
	t.Helper()
	var b bytes.Buffer
	var order binary.ByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	for _, v := range values {
		if err := binary.Write(&b, order, v); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func idx(t testing.TB, kind byte, shape []uint32, values ...any) string {
	t.Helper()
	return string([]byte{0, 0, kind, byte(len(shape))}) + packed(t, true, shape) + packed(t, true, values...)
}

func npz(t testing.TB, files ...[2]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// folder writes files into a new folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestArrays(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		open  string // of the folder
		want  string
		o     dataset.Options
	}{
		{name: "a matrix is a table", open: "x.npy", files: map[string]string{"x.npy": npy(t, "<f8", "False", "(2, 3)", []float64{1, 2, 3, 4, 5, 6})}, want: `
			column 1 number: 1 4
			column 2 number: 2 5
			column 3 number: 3 6
			`},
		{name: "Fortran's order", open: "x.npy", files: map[string]string{"x.npy": npy(t, "<i2", "True", "(2, 3)", []int16{1, 4, 2, 5, 3, -6})}, want: `
			column 1 number: 1 4
			column 2 number: 2 5
			column 3 number: 3 -6
			`},
		{name: "Fortran's order in three dimensions", open: "x.npy", files: map[string]string{"x.npy": npy(t, "<u1", "True", "(2, 2, 3)", []uint8{0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11})}, want: `
			x array [2 3]: [0 1 2 3 4 5] [6 7 8 9 10 11]
			`},
		{name: "labels by name", open: "X_train.npy", files: map[string]string{
			"X_train.npy": npy(t, ">f4", "False", "(2, 2)", []float32{1, 2, 3, 4}), "y_train.npy": npy(t, "<i8", "False", "(2,)", []int64{7, -8})}, want: `
			x array [2]: [1 2] [3 4]
			y number: 7 -8
			`},
		{name: "texts as labels, in a folder", open: ".", files: map[string]string{
			"x.npy": npy(t, "|u1", "False", "(2,)", []uint8{1, 255}), "y.npy": npy(t, "<U2", "False", "(2,)", []uint32{'ä', 0, 'b', 'c'})}, want: `
			x number: 1 255
			y category: ä bc
			`},
		{name: "half floats, booleans, big ends", open: "x.npz", files: map[string]string{"x.npz": npz(t,
			[2]string{"a.npy", npy(t, "<f2", "False", "(2,)", []uint16{0x3c00, 0xc000})},
			[2]string{"b.npy", npy(t, "|b1", "False", "(2, 1)", []uint8{0, 1})},
			[2]string{"c.npy", npy(t, ">u4", "True", "(2, 2)", []uint32{1, 3, 2, 4})},
			[2]string{"d.npy", npy(t, "|S3", "False", "(2,)", []byte("no\x00yes"))})}, want: `
			a number: 1 -2
			b number: 0 1
			c array [2]: [1 2] [3 4]
			d category: no yes
			`},
		{name: "some arrays of an archive", open: "x.npz", o: dataset.Options{Columns: []string{"a"}}, files: map[string]string{"x.npz": npz(t,
			[2]string{"a.npy", npy(t, "<i4", "False", "(2,)", []int32{1, 2})},
			[2]string{"b.npy", npy(t, "<i4", "False", "(3,)", []int32{1, 2, 3})})}, want: "a number: 1 2\n"},
		{name: "MNIST", open: ".", files: map[string]string{
			"train-images-idx3-ubyte": idx(t, 8, []uint32{2, 1, 2}, []uint8{0, 255, 7, 8}), "train-labels-idx1-ubyte": idx(t, 8, []uint32{2}, []uint8{9, 3})}, want: `
			image array [1 2 1]: [0 255] [7 8]
			label number: 9 3
			`},
		{name: "IDX of floats", open: "a.idx", files: map[string]string{"a.idx": idx(t, 0x0d, []uint32{2, 2}, []float32{1, -2, 0.5, 4})}, want: "image array [2]: [1 -2] [0.5 4]\n"},
		{name: "images", open: ".", files: map[string]string{
			"cat/1.png": picture(t, asPNG, color.NRGBA{255, 0, 7, 255}), "dog/1.gif": picture(t, asGIF, color.NRGBA{0, 0, 255, 255}), "dog/2.PNG": picture(t, asPNG, color.NRGBA{200, 100, 0, 0}),
			".git/x.png": "", "README.md": "pictures"}, want: `
			image array [1 1 3]: [255 0 7] [0 0 255] [0 0 0]
			label category: cat dog dog
			`},
		{name: "grey images", open: ".", files: map[string]string{"a/1.png": picture(t, asPNG, color.Gray{9}), "b/1.jpeg": picture(t, asJPEG, color.Gray{200})}, want: `
			image array [1 1 1]: [9] [200]
			label category: a b
			`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := dataset.Load(context.Background(), filepath.Join(folder(t, c.files), c.open), c.o)
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, c.want)
		})
	}
}

// picture returns an image of one pixel.
func picture(t testing.TB, encode func(w *bytes.Buffer, img image.Image) error, c color.Color) string {
	return pictureOf(t, encode, c, 1, 1)
}

func asGIF(w *bytes.Buffer, img image.Image) error  { return gif.Encode(w, img, nil) }
func asJPEG(w *bytes.Buffer, img image.Image) error { return jpeg.Encode(w, img, nil) }
func asPNG(w *bytes.Buffer, img image.Image) error  { return png.Encode(w, img) }

func pictureOf(t testing.TB, encode func(w *bytes.Buffer, img image.Image) error, c color.Color, width, height int) string {
	t.Helper()
	var img interface {
		image.Image
		Set(x, y int, c color.Color)
	} = image.NewNRGBA(image.Rect(0, 0, width, height))
	if _, grey := c.(color.Gray); grey {
		img = image.NewGray(img.Bounds())
	}
	for y := range height {
		for x := range width {
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestArrayErrors(t *testing.T) {
	whole := npy(t, "<f8", "False", "(2, 3)", []float64{1, 2, 3, 4, 5, 6})
	red := color.NRGBA{255, 0, 0, 255}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
		o     dataset.Options
	}{
		{name: "cut off", files: map[string]string{"x.npy": whole[:len(whole)-1]}, want: "the shape [2 3] takes 48 bytes, but 47 follow: the file is cut off"},
		{name: "cut off in the header", files: map[string]string{"x.npy": whole[:20]}, want: "the file is cut off"},
		{name: "objects", files: map[string]string{"x.npy": npy(t, "|O", "False", "(2,)")}, want: "an array of Python objects, which are pickled and never interpreted"},
		{name: "records", files: map[string]string{"x.npy": strings.Replace(npy(t, "<f8 ", "False", "(2,)"), "'<f8 '", "[('a',", 1)}, want: "an array of records: save its fields apart"},
		{name: "complex numbers", files: map[string]string{"x.npy": npy(t, "<c8", "False", "(2,)")}, want: `values of type "<c8" are not read`},
		{name: "one number", files: map[string]string{"x.npy": npy(t, "<f8", "False", "()", 1.0)}, want: "one number, no array of rows"},
		{name: "no rows", files: map[string]string{"x.npy": npy(t, "<f8", "False", "(0, 3)")}, want: "no rows"},
		{name: "a hostile shape", files: map[string]string{"x.npy": npy(t, "<f8", "False", "(1, 99999999999, 99999999999)")}, want: "has more than 16777216 values in a row"},
		{name: "hostile rows", files: map[string]string{"x.npy": npy(t, "<f8", "False", "(9999999999999999,)")}, want: "has 9999999999999999 rows"},
		{name: "a hostile header", files: map[string]string{"x.npy": "\x93NUMPY\x02\x00\xff\xff\xff\xff"}, want: "an NPY header of 4294967295 bytes"},
		{name: "fewer labels", files: map[string]string{"x.npy": whole, "y.npy": npy(t, "<i4", "False", "(3,)", []int32{1, 2, 3})}, want: "2 rows, but 3 labels in "},
		{name: "arrays of different rows", files: map[string]string{"x.npz": npz(t, [2]string{"a.npy", whole}, [2]string{"b.npy", npy(t, "<i4", "False", "(1,)", int32(1))})},
			want: "the arrays differ in their rows: a [2 3], b [1]: name those that belong together as the columns"},
		{name: "a hostile IDX", files: map[string]string{"a-idx3-ubyte": idx(t, 8, []uint32{1 << 31, 1 << 31, 1 << 31})}, want: "values in a row"},
		{name: "IDX cut off", files: map[string]string{"a-idx3-ubyte": idx(t, 8, []uint32{2, 2, 2}, []uint8{1, 2, 3})}, want: "takes 8 bytes, but 3 follow"},
		{name: "images of two sizes", files: map[string]string{"a/1.png": pictureOf(t, asPNG, red, 2, 3), "b/2.png": pictureOf(t, asPNG, red, 3, 3)},
			want: "b/2.png: 3 x 3 pixels, but a/1.png has 2 x 3: scale the images to one size"},
		{name: "an image cut off", files: map[string]string{"a/1.png": pictureOf(t, asPNG, red, 9, 9)[:60]}, want: "a/1.png: damaged or cut off"},
		{name: "a text called an image", files: map[string]string{"a/1.png": "hello"}, want: "a/1.png: no PNG, JPEG or GIF image"},
		{name: "images without classes", files: map[string]string{"1.png": picture(t, asPNG, red)}, want: "images that belong to no class"},
		{name: "an empty folder", files: map[string]string{"README": ""}, want: "holds no data file"},
		{name: "two formats", files: map[string]string{"a.csv": "a\n1\n", "b.npy": whole}, want: "b.npy is npy: name files of one format"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := dataset.Load(context.Background(), folder(t, c.files), c.o)
			if err == nil {
				t.Fatalf("got\n%s\nwant the error %q", show(got), c.want)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q", err, c.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"a.pkl", "\x80\x04\x95", "a Python pickle, which runs code when it is read"},
		{"a.pt", npz(t, [2]string{"a/data.pkl", "\x80\x02"}), "a file of torch.save, a Python pickle"},
		{"a.h5", "\x89HDF\r\n\x1a\n", "an HDF5 file"},
		{"a.xlsx", npz(t, [2]string{"xl/workbook.xml", ""}), "an Excel file: save the sheet as CSV"},
		{"a.zip", npz(t, [2]string{"a.csv", ""}), "a zip archive: extract it"},
		{"a.npz", npz(t, [2]string{"a.npy", ""})[:30], "a zip archive that is damaged or cut off"},
		{"a.sqlite", "SQLite format 3\x00", "a SQLite database: export the table"},
		{"a.csv", "<!DOCTYPE html>", "a web page, not data"},
		{"a.csv", "version https://git-lfs.github.com/spec/v1\n", "a pointer to a file in Git LFS"},
		{"a.tar", strings.Repeat("\x00", 257) + "ustar", "a tar archive"},
		{"model.safetensors", "\x40\x00\x00\x00\x00\x00\x00\x00" + `{"a":`, "a safetensors file"},
		{"a.csv", "ab\x00\x01\x02cd", "no format that is read here"},
	} {
		_, err := dataset.Open(context.Background(), write(t, c.name, c.content), dataset.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}
