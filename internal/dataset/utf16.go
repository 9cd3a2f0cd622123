package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// A text is a stream of UTF-8 without a byte order mark, and what it was.
type text struct {
	r    io.Reader
	said string
}

// toUTF8 detects the encoding of a text. Whether its letters are UTF-8 or
// Windows-1252 is left to those who read them: the delimiters are the same.
func toUTF8(r io.Reader) (text, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return text{}, cutOff(err)
	}
	head = head[:n] // where that is a cut, the next read tells
	width := wide(head)
	switch {
	case width == 0:
		mark := []byte("\xef\xbb\xbf")
		head, marked := bytes.CutPrefix(head, mark)
		t := text{r: io.MultiReader(bytes.NewReader(head), r)}
		if marked {
			t.said = "encoding UTF-8 with a byte order mark"
		}
		return t, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		head = head[2:]
	}
	t := text{said: "encoding UTF-16"}
	var order binary.ByteOrder = binary.LittleEndian
	if width < 0 {
		order = binary.BigEndian
	}
	t.r = &utf16Reader{r: io.MultiReader(bytes.NewReader(head), r), order: order}
	return t, nil
}

// wide returns 1 for a text in UTF-16 with the low byte first, -1 with the
// high byte first, and 0 for another one. Without a byte order mark it takes
// every second byte to be 0, as it is in tables of numbers.
func wide(head []byte) int {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return 1
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return -1
	case len(head) < 8:
		return 0
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	most := len(head) / 2 * 8 / 10
	switch {
	case zeros[1] > most && zeros[0] == 0:
		return 1
	case zeros[0] > most && zeros[1] == 0:
		return -1
	}
	return 0
}

// A utf16Reader converts UTF-16 into UTF-8.
type utf16Reader struct {
	r     io.Reader
	order binary.ByteOrder
	in    [4096]byte
	held  int    // bytes of in that are not converted
	out   []byte // converted, not read
	high  rune   // the first half of a pair, or 0
	err   error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		n, err := u.r.Read(u.in[u.held:])
		u.held += n
		u.convert()
		if u.err = err; err == io.EOF && (u.held > 0 || u.high != 0) {
			u.err = errors.New("UTF-16 that ends in the middle of a character: the file is cut off")
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

func (u *utf16Reader) convert() {
	u.out = u.out[:0]
	i := 0
	for ; i+1 < u.held; i += 2 {
		r := rune(u.order.Uint16(u.in[i:]))
		switch {
		case u.high != 0:
			u.out = utf8.AppendRune(u.out, utf16.DecodeRune(u.high, r))
			u.high = 0
		case utf16.IsSurrogate(r) && r < 0xdc00:
			u.high = r
		default:
			u.out = utf8.AppendRune(u.out, r)
		}
	}
	u.held = copy(u.in[:], u.in[i:u.held])
}
