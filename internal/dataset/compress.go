package dataset

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds what a .zst file may make its reader hold.
const maxWindow = 256 << 20

// decompress returns a reader of what is inside a .gz or .zst stream, told by
// its first bytes, or of the bytes themselves.
func decompress(head []byte, r io.Reader) (io.ReadCloser, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return gzip.NewReader(r)
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return plainReader{r}, nil
}

// A plainReader reads what is not compressed.
type plainReader struct{ io.Reader }

func (plainReader) Close() error { return nil }
