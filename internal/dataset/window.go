package dataset

import (
	"fmt"
	"io"
)

// maxRow bounds the bytes of one row of text.
const maxRow = 256 << 20

// A window is the part of a text that is in memory: whole rows, and the
// beginning of the next one.
type window struct {
	r    io.Reader
	buf  []byte // what is left of it; ends in a line feed once all is read
	full []byte // the memory below buf
	at   int    // the next row
	all  bool   // the text ends with buf
}

const windowBytes = 256 << 10

func newWindow(r io.Reader) *window { return &window{r: r} }

// more drops the rows before at and reads on. The window doubles where a row
// fills it, so that long rows take linear time.
func (w *window) more() error {
	left := copy(w.full, w.buf[w.at:])
	w.at = 0
	if left == len(w.full) || w.full == nil {
		if left >= maxRow {
			return fmt.Errorf("longer than %s: is there a quote that is never closed?", Size(maxRow))
		}
		grown := make([]byte, max(2*left, windowBytes))
		copy(grown, w.full[:left])
		w.full = grown
	}
	w.buf = w.full[:left]
	for len(w.buf) < len(w.full) { // io.ReadFull could not tell an end from a cut
		n, err := w.r.Read(w.full[len(w.buf):])
		w.buf = w.full[:len(w.buf)+n]
		switch {
		case err == io.EOF:
			w.end()
			return nil
		case err != nil:
			return cutOff(err)
		}
	}
	return nil
}

// end completes the last line.
func (w *window) end() {
	w.all = true
	if n := len(w.buf); n > 0 && w.buf[n-1] != '\n' {
		w.buf = append(w.buf, '\n')
	}
}
