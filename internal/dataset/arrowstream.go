package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A messageReader passes the messages of an Arrow stream on, once it has
// checked the lengths that they claim: arrow-go allocates what they say, and
// memory that is not there ends the process. The layout is that of Arrow's
// "IPC streaming format"; Message.fbs and Schema.fbs give the slots.
type messageReader struct {
	r     io.Reader
	ready []byte // of the message in front, checked
	body  int64  // bytes of its body that are to come
	buf   []byte
}

var errHostile = errors.New("damaged: a length that lies outside of the file")

func (m *messageReader) Read(p []byte) (int, error) {
	switch {
	case len(m.ready) > 0:
		n := copy(p, m.ready)
		m.ready = m.ready[n:]
		return n, nil
	case m.body > 0:
		n, err := m.r.Read(p[:min(int64(len(p)), m.body)])
		if m.body -= int64(n); err == io.EOF && m.body > 0 {
			err = io.ErrUnexpectedEOF
		}
		return n, err
	}
	if err := m.next(); err != nil {
		return 0, err
	}
	return m.Read(p)
}

// next reads the metadata of a message: a mark of 4 bytes that old files lack,
// the length, the table.
func (m *messageReader) next() error {
	m.buf = sized(m.buf, 8)
	if _, err := io.ReadFull(m.r, m.buf[:4]); err != nil {
		return err
	}
	start := 4
	length := binary.LittleEndian.Uint32(m.buf)
	if length == 0xffffffff {
		if _, err := io.ReadFull(m.r, m.buf[4:8]); err != nil {
			return cutOff(err)
		}
		start, length = 8, binary.LittleEndian.Uint32(m.buf[4:])
	}
	if length > maxMetadata {
		return errHostile
	}
	end := start + int(length)
	for at := start; at < end; { // as much as there is, not as much as is claimed
		part := min(end-at, 1<<20)
		m.buf = append(m.buf[:at], make([]byte, part)...)
		if _, err := io.ReadFull(m.r, m.buf[at:]); err != nil {
			return cutOff(err)
		}
		at += part
	}
	m.ready = m.buf[:end]
	if length == 0 { // the end of the stream
		return nil
	}
	body, err := checkMessage(m.buf[start:end])
	m.body = body
	return err
}

// checkMessage returns the length of the body of a message.
func checkMessage(b []byte) (body int64, err error) {
	const schema = 1 // of the union MessageHeader
	t := flatTable{buf: b}
	root, ok := t.reference(0)
	if !ok {
		return 0, errHostile
	}
	message := flatTable{b, root}
	kind := message.scalar(1, 1)
	body = int64(message.scalar(3, 8))
	if body < 0 || body > maxAllocation {
		return 0, fmt.Errorf("a part of the file takes %d bytes: write smaller batches", body)
	}
	if message.vector(4) == nil {
		return 0, errHostile
	}
	header, ok := message.child(2)
	if ok && kind == schema && !header.checkFields(1, 2, 0) {
		return 0, errHostile
	}
	return body, nil
}

// A flatTable is a table in a FlatBuffer.
type flatTable struct {
	buf []byte
	at  int
}

// checkFields checks the fields of a schema, or the children of a field, with
// the slots of them and of the metadata.
func (t flatTable) checkFields(fields, metadata, depth int) bool {
	const deepest = 64
	list := t.vector(fields)
	if list == nil || t.vector(metadata) == nil || depth > deepest {
		return false
	}
	for _, at := range list {
		field := flatTable{t.buf, at}
		if !field.checkFields(5, 6, depth+1) {
			return false
		}
	}
	return true
}

// reference follows an offset.
func (t flatTable) reference(at int) (int, bool) {
	if at < 0 || at+4 > len(t.buf) {
		return 0, false
	}
	to := at + int(binary.LittleEndian.Uint32(t.buf[at:]))
	return to, to+4 <= len(t.buf)
}

// slot returns where the value of a slot stands, or 0 where it is absent.
func (t flatTable) slot(n int) int {
	if t.at < 0 || t.at+4 > len(t.buf) {
		return 0
	}
	slots := t.at - int(int32(binary.LittleEndian.Uint32(t.buf[t.at:])))
	if slots < 0 || slots+4 > len(t.buf) {
		return 0
	}
	place := slots + 4 + 2*n
	if place+2 > slots+int(binary.LittleEndian.Uint16(t.buf[slots:])) || place+2 > len(t.buf) {
		return 0
	}
	offset := int(binary.LittleEndian.Uint16(t.buf[place:]))
	if offset == 0 {
		return 0
	}
	return t.at + offset
}

// scalar returns an integer of some bytes; 0 where it is absent.
func (t flatTable) scalar(n, bytes int) uint64 {
	at := t.slot(n)
	if at == 0 || at+bytes > len(t.buf) {
		return 0
	}
	var word [8]byte
	copy(word[:], t.buf[at:at+bytes])
	return binary.LittleEndian.Uint64(word[:])
}

func (t flatTable) child(n int) (flatTable, bool) {
	at := t.slot(n)
	if at == 0 {
		return flatTable{}, false
	}
	to, ok := t.reference(at)
	return flatTable{t.buf, to}, ok
}

// vector returns the places of the tables in a vector, none where it is
// absent, and nil where it claims more than fit into the buffer.
func (t flatTable) vector(n int) []int {
	const smallest = 12 // bytes of a table that says anything, with its offset
	tables := make([]int, 0)
	list, ok := t.child(n)
	if !ok {
		if t.slot(n) != 0 {
			return nil
		}
		return tables
	}
	count := int(binary.LittleEndian.Uint32(t.buf[list.at:]))
	if count > (len(t.buf)-list.at)/4 || count > len(t.buf)/smallest {
		return nil
	}
	for i := range count {
		to, ok := t.reference(list.at + 4 + 4*i)
		if !ok {
			return nil
		}
		tables = append(tables, to)
	}
	return tables
}
