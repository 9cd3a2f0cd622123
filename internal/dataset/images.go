package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Bounds on a folder of images.
const (
	maxImages    = 50_000_000
	maxPixels    = maxRowValues / 3
	imagesLooked = 64 // to tell whether they are grey
)

// codecs are the formats of images: a table of our own, so that none is
// registered by being imported.
var codecs = []struct {
	magic  string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	{"\x89PNG", png.DecodeConfig, png.Decode},
	{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"GIF8", gif.DecodeConfig, gif.Decode},
}

func isImage(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif":
		return true
	}
	return false
}

func holdsImages(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false // and then a message says that there are none
	}
	defer f.Close()
	for {
		entries, err := f.ReadDir(256)
		for _, e := range entries {
			if !e.IsDir() && isImage(e.Name()) {
				return true
			}
		}
		if err != nil {
			return false
		}
	}
}

// A folder is a folder of folders of images, one a class.
type folder struct {
	classes []string
	files   []string
	class   []int32 // of files
}

func openFolder(dir string) (*folder, error) {
	classes, err := os.ReadDir(dir) // sorted
	if err != nil {
		return nil, reason(err)
	}
	f := &folder{}
	for _, c := range classes {
		if !c.IsDir() || strings.HasPrefix(c.Name(), ".") || !holdsImages(filepath.Join(dir, c.Name())) {
			continue
		}
		files, err := os.ReadDir(filepath.Join(dir, c.Name()))
		if err != nil {
			return nil, reason(err)
		}
		for _, e := range files {
			if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && isImage(e.Name()) {
				f.files = append(f.files, filepath.Join(c.Name(), e.Name()))
				f.class = append(f.class, int32(len(f.classes)))
			}
		}
		f.classes = append(f.classes, c.Name())
		if len(f.files) > maxImages {
			return nil, fmt.Errorf("more than %d images", maxImages)
		}
	}
	if len(f.files) == 0 {
		return nil, errors.New("no folders that hold images (PNG, JPEG, GIF)")
	}
	return f, nil
}

// load reads an image, or of it no more than the header.
func load(path string) (image.Image, error) {
	raw, config, decode, err := header(path)
	if err != nil {
		return nil, err
	}
	if int64(config.Width)*int64(config.Height) > maxPixels {
		return nil, fmt.Errorf("%d x %d pixels: scale it to at most %d", config.Width, config.Height, maxPixels)
	}
	img, err := decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("damaged or cut off: %w", err)
	}
	return img, nil
}

func header(path string) (raw []byte, c image.Config, decode func(io.Reader) (image.Image, error), err error) {
	const largest = 256 << 20
	file, err := os.Open(path)
	if err != nil {
		return nil, c, nil, reason(err)
	}
	defer file.Close()
	raw, err = io.ReadAll(io.LimitReader(file, largest))
	if err != nil {
		return nil, c, nil, reason(err)
	}
	for _, codec := range codecs {
		if bytes.HasPrefix(raw, []byte(codec.magic)) {
			c, err = codec.config(bytes.NewReader(raw))
			if err != nil {
				err = fmt.Errorf("damaged or cut off: %w", err)
			}
			return raw, c, codec.decode, err
		}
	}
	return nil, c, nil, errors.New("no PNG, JPEG or GIF image, whatever its name says")
}

func lookImages(ctx context.Context, in *input, _ *Options) (*view, error) {
	f, err := openFolder(in.path)
	if err != nil {
		return nil, err
	}
	_, first, _, err := header(filepath.Join(in.path, f.files[0]))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.files[0], err)
	}
	if first.Width < 1 || first.Height < 1 || int64(first.Width)*int64(first.Height) > maxPixels {
		return nil, fmt.Errorf("%s: %d x %d pixels: scale the images to at most %d", f.files[0], first.Width, first.Height, maxPixels)
	}
	channels, colors := 1, "grey"
	for i := 0; i < len(f.files) && channels == 1; i += max(len(f.files)/imagesLooked, 1) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		_, c, _, err := header(filepath.Join(in.path, f.files[i]))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.files[i], err)
		}
		if !grey(c.ColorModel) {
			channels, colors = 3, "red, green, blue; what is transparent lies on black"
		}
	}
	shape := []int{first.Height, first.Width, channels}
	return &view{rows: int64(len(f.files)), exact: true,
		said: []string{fmt.Sprintf("images of %d x %d pixels, %s; %d classes by folder", first.Width, first.Height, colors, len(f.classes))},
		columns: []glimpse{
			{Field: Field{Name: "image", Kind: Array, Shape: shape}}, {Field: Field{Name: "label", Kind: Category}},
		}}, nil
}

func grey(m color.Model) bool { return m == color.GrayModel || m == color.Gray16Model }

// An imageReader decodes image after image.
type imageReader struct {
	*folder
	dir          string
	image, label *sink
	at, most     int
}

func readImages(in *input, _ *Options, p *plan) (reader, error) {
	f, err := openFolder(in.path)
	if err != nil {
		return nil, err
	}
	r := &imageReader{folder: f, dir: in.path, image: p.of["image"], label: p.of["label"], most: p.batch}
	if r.label != nil && len(r.label.levels.names) == 0 {
		r.label.levels.names = f.classes
	}
	return r, nil
}

func (r *imageReader) Close() error { return nil }

func (r *imageReader) next(ctx context.Context) (int, error) {
	n := min(r.most, len(r.files)-r.at)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if r.label != nil {
			r.label.codes[i] = r.class[r.at]
		}
		if r.image != nil {
			if err := r.put(i, r.files[r.at]); err != nil {
				return 0, fmt.Errorf("%s: %w", r.files[r.at], err)
			}
		}
		r.at++
	}
	return n, nil
}

// put decodes an image into row i.
func (r *imageReader) put(i int, name string) error {
	img, err := load(filepath.Join(r.dir, name))
	if err != nil {
		return err
	}
	b, shape := img.Bounds(), r.image.Shape
	if b.Dy() != shape[0] || b.Dx() != shape[1] {
		return fmt.Errorf("%d x %d pixels, but %s has %d x %d: scale the images to one size", b.Dx(), b.Dy(), r.files[0], shape[1], shape[0])
	}
	w := r.image.width()
	to := r.image.values[i*w : (i+1)*w]
	if shape[2] == 1 {
		if !grey(img.ColorModel()) {
			return fmt.Errorf("in colour, but %s is grey: convert the images to one of both", r.files[0])
		}
		gray := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(gray, gray.Rect, img, b.Min, draw.Src)
		for k, v := range gray.Pix {
			to[k] = float32(v)
		}
		return nil
	}
	rgba := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(rgba, rgba.Rect, img, b.Min, draw.Src) // premultiplied: on black
	for k := range len(rgba.Pix) / 4 {
		to[3*k], to[3*k+1], to[3*k+2] = float32(rgba.Pix[4*k]), float32(rgba.Pix[4*k+1]), float32(rgba.Pix[4*k+2])
	}
	return nil
}
