package script

import (
	"os"
	"syscall"
	"time"
)

// maxOutput is how much of the end of a trial's output is kept, in bytes.
const maxOutput = 1 << 20

// A tail is a named pipe that keeps the end of what is written into it.
type tail struct {
	path   string
	reader *os.File
	writer *os.File // open until the trial has ended, so that the reader does not see an end before
	text   []byte
	done   chan struct{}
}

func openTail(path string) (*tail, error) {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return nil, &os.PathError{Op: "mkfifo", Path: path, Err: err}
	}
	r, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	t := &tail{path: path, reader: r, writer: w, done: make(chan struct{})}
	go t.read()
	return t, nil
}

func (t *tail) read() {
	defer close(t.done)
	b := make([]byte, 64<<10)
	for {
		n, err := t.reader.Read(b)
		t.text = append(t.text, b[:n]...)
		if len(t.text) > 2*maxOutput {
			t.text = append(t.text[:0], t.text[len(t.text)-maxOutput:]...)
		}
		if err != nil {
			return
		}
	}
}

// close returns the end of what was written. A process that left the trial
// may hold the pipe still: it is not waited for.
func (t *tail) close() []byte {
	_ = t.writer.Close()
	_ = t.reader.SetReadDeadline(time.Now().Add(time.Second))
	<-t.done
	_ = t.reader.Close()
	return t.text[max(0, len(t.text)-maxOutput):]
}
