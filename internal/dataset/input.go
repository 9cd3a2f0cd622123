package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// An input is one file of a data set, or one folder of images.
type input struct {
	path   string
	labels string // the file that holds the labels of path, or ""
	stamps []stamp
}

// A stamp tells whether a file was changed.
type stamp struct {
	path string
	size int64
	time time.Time
}

func newInput(path, labels string) (*input, error) {
	in := &input{path: path, labels: labels}
	for _, p := range []string{path, labels} {
		if p == "" {
			continue
		}
		s, err := stampOf(p)
		if err != nil {
			return nil, err
		}
		in.stamps = append(in.stamps, s)
	}
	return in, nil
}

func stampOf(path string) (stamp, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return stamp{}, fmt.Errorf("%s: %w", path, reason(err))
	}
	if !fi.Mode().IsRegular() && !fi.IsDir() {
		return stamp{}, fmt.Errorf("%s: no regular file: save what it delivers in one", path)
	}
	return stamp{path, fi.Size(), fi.ModTime()}, nil
}

// unchanged returns an error where a file is not what it was when the data set
// was opened: then the rows that were read belong to no version of it.
func (in *input) unchanged() error {
	for _, before := range in.stamps {
		now, err := stampOf(before.path)
		if err != nil {
			return err
		}
		if now.size != before.size || !now.time.Equal(before.time) {
			return fmt.Errorf("%s: changed while it was read (%d bytes before, %d now): read it again when it is complete",
				before.path, before.size, now.size)
		}
	}
	return nil
}

// reason returns what is wrong with a file, without its path.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// A stream reads a file from its beginning, decompressed.
type stream struct {
	io.Reader
	raw  *counter
	file *os.File
	from io.Closer
}

// A counter counts the bytes that were read.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func openStream(path string) (*stream, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	head := make([]byte, 4)
	n, err := io.ReadFull(f, head)
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, reason(err)
	}
	raw := &counter{Reader: f}
	r, err := decompress(head[:n], raw)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("damaged or cut off at its end: %w", err)
	}
	return &stream{Reader: r, raw: raw, file: f, from: r}, nil
}

func (s *stream) Close() error {
	return errors.Join(s.from.Close(), s.file.Close())
}

// A random reads a file at any place. What is compressed is held in memory.
type random struct {
	*io.SectionReader
	file *os.File // nil where the bytes are in memory
}

func openRandom(path string, most int64) (*random, error) {
	s, err := openStream(path)
	if err != nil {
		return nil, err
	}
	if _, plain := s.Reader.(plainReader); plain {
		fi, err := s.file.Stat()
		if err != nil {
			s.Close()
			return nil, reason(err)
		}
		return &random{io.NewSectionReader(s.file, 0, fi.Size()), s.file}, nil
	}
	defer s.Close()
	var whole bytes.Buffer
	if _, err := io.Copy(&whole, io.LimitReader(s, most+1)); err != nil {
		return nil, cutOff(err)
	}
	if int64(whole.Len()) > most {
		return nil, fmt.Errorf("decompressed it takes more than %s of memory: decompress the file", Size(most))
	}
	return &random{io.NewSectionReader(bytes.NewReader(whole.Bytes()), 0, int64(whole.Len())), nil}, nil
}

func (r *random) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// cutOff says in words what the end of a file in the middle of something means.
func cutOff(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("the file is cut off: copy or download it again")
	}
	return err
}
