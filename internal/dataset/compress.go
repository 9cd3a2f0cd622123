package dataset

import (
	"bytes"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The marks that compressed streams begin with.
const (
	gzipMark = "\x1f\x8b"
	zstdMark = "\x28\xb5\x2f\xfd"
)

// maxWindow bounds what a .zst file may make its reader hold.
const maxWindow = 256 << 20

// decompress returns a reader of what is inside a .gz or .zst stream, told by
// its first bytes, or of the bytes themselves.
func decompress(head []byte, r io.Reader) (io.ReadCloser, error) {
	switch {
	case bytes.HasPrefix(head, []byte(gzipMark)):
		return gzip.NewReader(r)
	case bytes.HasPrefix(head, []byte(zstdMark)):
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return plainReader{r}, nil
}

// compression says how a file is compressed, or nothing.
func compression(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	head := make([]byte, len(zstdMark))
	n, _ := io.ReadFull(f, head) // a folder, or what is shorter, is not compressed
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte(gzipMark)):
		return []string{"compressed with gzip"}, nil
	case bytes.HasPrefix(head, []byte(zstdMark)):
		return []string{"compressed with zstd"}, nil
	}
	return nil, nil
}

// A plainReader reads what is not compressed.
type plainReader struct{ io.Reader }

func (plainReader) Close() error { return nil }
