package tracefile

import (
	"bytes"
	"fmt"
)

// A splitter cuts a growing file into lines and checks them. It holds at most
// one line.
type splitter struct {
	take func(json []byte)   // is given every good line
	lose func(reason string) // is told of every other one

	offset  int64  // of the line that is next, or whose beginning is held
	partial []byte // the beginning of a line whose newline has not come
	skipped int64  // bytes of it that are not held, since it is too long
	good    int64  // lines
}

func (s *splitter) write(p []byte) {
	for {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			s.hold(p)
			return
		}
		s.endLine(p[:end])
		p = p[end+1:]
	}
}

// hold keeps the beginning of a line, within bounds.
func (s *splitter) hold(p []byte) {
	if s.skipped > 0 || len(s.partial)+len(p) >= maxLine {
		s.skipped += int64(len(s.partial) + len(p))
		s.partial = nil
		return
	}
	s.partial = append(s.partial, p...)
}

// endLine takes the rest of a line, without its newline.
func (s *splitter) endLine(rest []byte) {
	line := rest
	if len(s.partial) > 0 {
		s.partial = append(s.partial, rest...)
		line = s.partial
	}
	length := s.skipped + int64(len(line)) + 1
	if length > maxLine {
		s.lose(fmt.Sprintf("a line longer than %d MiB", maxLine>>20))
	} else {
		s.line(line)
	}
	s.offset += length
	s.partial, s.skipped = s.partial[:0], 0
}

// line checks a line. A recorder that begins anew after a write that was cut
// short leaves empty ones.
func (s *splitter) line(line []byte) {
	if len(line) == 0 {
		return
	}
	json, ok := unframe(line)
	if !ok {
		s.lose("the checksum does not hold")
		return
	}
	s.good++
	s.take(json)
}

// held returns the number of bytes after the last newline.
func (s *splitter) held() int64 { return s.skipped + int64(len(s.partial)) }
