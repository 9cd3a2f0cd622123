package dataset

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/float16"
)

// A dtype is how NumPy or IDX stores a value.
type dtype struct {
	kind  byte // b, i, u, f: numbers; S, U: texts of a fixed length
	size  int  // bytes of a value
	order binary.ByteOrder
}

// parseDtype reads a description like <f8 (numpy.lib.format).
func parseDtype(descr string) (dtype, error) {
	if len(descr) < 3 {
		return dtype{}, fmt.Errorf("values of type %q are not known", clip([]byte(descr)))
	}
	d := dtype{kind: descr[1], order: binary.LittleEndian}
	if descr[0] == '>' {
		d.order = binary.BigEndian
	}
	n, err := strconv.Atoi(descr[2:])
	if err != nil || n < 1 || n > 1<<16 {
		return dtype{}, fmt.Errorf("values of type %q are not read: convert them, x.astype(\"float32\")", clip([]byte(descr)))
	}
	d.size = n
	switch d.kind {
	case 'U': // 4 bytes a character
		d.size *= 4
		return d, nil
	case 'S':
		return d, nil
	}
	if !strings.Contains(" b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 ", " "+descr[1:]+" ") {
		return dtype{}, fmt.Errorf("values of type %q are not read: convert them, x.astype(\"float32\")", clip([]byte(descr)))
	}
	return d, nil
}

func (d dtype) isText() bool { return d.kind == 'S' || d.kind == 'U' }

// numbers converts the values in raw, every one of size bytes.
func (d dtype) numbers(to []float64, raw []byte) {
	o := d.order
	switch string(d.kind) + strconv.Itoa(d.size) {
	case "f4":
		for i := range to {
			to[i] = float64(math.Float32frombits(o.Uint32(raw[4*i:])))
		}
	case "f8":
		for i := range to {
			to[i] = math.Float64frombits(o.Uint64(raw[8*i:]))
		}
	case "f2":
		for i := range to {
			to[i] = float64(float16.FromBits(o.Uint16(raw[2*i:])).Float32())
		}
	case "u1", "b1":
		for i := range to {
			to[i] = float64(raw[i])
		}
	case "i1":
		for i := range to {
			to[i] = float64(int8(raw[i]))
		}
	case "u2":
		for i := range to {
			to[i] = float64(o.Uint16(raw[2*i:]))
		}
	case "i2":
		for i := range to {
			to[i] = float64(int16(o.Uint16(raw[2*i:])))
		}
	case "u4":
		for i := range to {
			to[i] = float64(o.Uint32(raw[4*i:]))
		}
	case "i4":
		for i := range to {
			to[i] = float64(int32(o.Uint32(raw[4*i:])))
		}
	case "u8":
		for i := range to {
			to[i] = float64(o.Uint64(raw[8*i:]))
		}
	case "i8":
		for i := range to {
			to[i] = float64(int64(o.Uint64(raw[8*i:])))
		}
	}
}

// text converts one value; zeros fill it up at the end.
func (d dtype) text(raw []byte) []byte {
	if d.kind == 'S' {
		return []byte(strings.TrimRight(string(raw), "\x00"))
	}
	var text []byte
	for i := 0; i+4 <= len(raw); i += 4 {
		text = utf8.AppendRune(text, rune(d.order.Uint32(raw[i:])))
	}
	return []byte(strings.TrimRight(string(text), "\x00"))
}
