// Package tracefile reads and writes the file format of traces, which
// docs/trace.md defines: JSON Lines with a checksum each, one file a process,
// only ever appended to.
//
// Readers take every line that is whole and say by byte offset what they could
// not take. Files are foreign: nothing in them is trusted, and a value that is
// missing stays missing.
package tracefile

import (
	"errors"
	"hash/crc32"
)

// Version is the version of the format that this package writes, and the
// highest that it reads.
const Version = 1

// maxLine bounds a line with its newline, in bytes.
const maxLine = 4 << 20

// ErrEmpty reports a directory without a trace in it.
var ErrEmpty = errors.New("no trace was written")

// ErrNewer reports a trace of a higher version of the format.
var ErrNewer = errors.New("the trace is of a newer format")

// A Damage is a line that could not be read, or a record that is not as the
// format says.
type Damage struct {
	Offset int64 // of the first byte of the line, from the start of the file
	Reason string
}

// crcLen is the length of what stands before the JSON of a line.
const crcLen = len(unsealed)

// unsealed is the place of the checksum.
const unsealed = "00000000 "

// frame returns the line of a JSON object.
func frame(json []byte) []byte {
	line := append(make([]byte, 0, crcLen+len(json)+1), unsealed...)
	return seal(append(line, json...))
}

// seal makes a line of a JSON object that stands behind the place of its
// checksum.
func seal(line []byte) []byte {
	sum := crc32.ChecksumIEEE(line[crcLen:])
	for i := crcLen - 2; i >= 0; i-- {
		line[i] = "0123456789abcdef"[sum&15]
		sum >>= 4
	}
	return append(line, '\n')
}

// unframe returns the JSON of a line, given without its newline, and whether
// its checksum holds.
func unframe(line []byte) ([]byte, bool) {
	if len(line) < crcLen || line[crcLen-1] != ' ' {
		return nil, false
	}
	var want uint32
	for _, c := range line[:crcLen-1] {
		digit, ok := hexDigit(c)
		if !ok {
			return nil, false
		}
		want = want<<4 | digit
	}
	json := line[crcLen:]
	return json, crc32.ChecksumIEEE(json) == want
}

func hexDigit(c byte) (uint32, bool) {
	switch {
	case '0' <= c && c <= '9':
		return uint32(c - '0'), true
	case 'a' <= c && c <= 'f':
		return uint32(c-'a') + 10, true
	}
	return 0, false
}
