package dataset

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// Beyond is the code of a text past those that Levels holds.
const Beyond = -2

// Bounds on the different texts of a column that are kept.
const (
	MaxLevels     = 100_000
	maxLevelBytes = 64 << 20
)

// levels numbers the different texts of a column as they come.
type levels struct {
	names   []string
	index   map[string]int32 // of the bytes in the file
	bytes   int64
	crowded bool // there were too many
	western bool // some were not UTF-8
}

func newLevels() *levels { return &levels{index: make(map[string]int32)} }

// code returns the number of a text, -1 where it means that a value is
// missing, and Beyond where there are too many texts.
func (l *levels) code(text []byte, missing missing) (int32, error) {
	if c, ok := l.index[string(text)]; ok {
		return c, nil
	}
	if missing.has(text) {
		return -1, nil
	}
	if len(l.names) == MaxLevels || l.bytes+int64(len(text)) > maxLevelBytes {
		l.crowded = true
		return Beyond, nil
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return 0, errors.New("a NUL byte in a text: the file is damaged, or no text")
	}
	name := string(text)
	if !utf8.Valid(text) {
		l.western = true
		name = fromWestern(text)
	}
	c := int32(len(l.names))
	l.index[string(text)] = c
	l.names = append(l.names, name)
	l.bytes += int64(len(text))
	return c, nil
}
