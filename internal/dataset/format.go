package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/near"
)

// A format knows how files of one kind are read.
type format struct {
	name    string
	endings []string // of names, besides .name; .gz and .zst may follow
	labels  bool     // labels stand in a second file
	// look tells the columns of a file from its head or first rows.
	look func(ctx context.Context, in *input, o *Options) (*view, error)
	// read opens a file at its first row.
	read func(in *input, o *Options, p *plan) (reader, error)
}

// A reader reads the rows of one file.
type reader interface {
	// next puts the rows that follow into the sinks of the plan, as many as a
	// batch holds, and returns their number; 0 at the end.
	next(ctx context.Context) (int, error)
	Close() error
}

// A view is what a first look at a file tells.
type view struct {
	columns []glimpse
	said    []string
	rows    int64 // in the file; an estimate where exact is false
	exact   bool
	commas  bool // a decimal comma is one
}

// A glimpse is what is known of a column. Its kind is open where there is
// evidence instead.
type glimpse struct {
	Field
	evidence *evidence
}

// A plan says where the values go.
type plan struct {
	sinks []*sink
	batch int // rows of a batch
	// of finds a sink by the name of its column; nil where the column is left out.
	of      map[string]*sink
	missing missing // what all of them share
}

// formats returns every format. csv stands last: it is what any text may be.
func formats() []format {
	return []format{
		{"parquet", []string{".pq"}, false, lookParquet, readParquet},
		{"arrow", []string{".feather", ".ipc", ".arrows"}, false, lookArrow, readArrow},
		{"npy", nil, true, lookNPY, readNPY},
		{"npz", nil, false, lookNPZ, readNPZ},
		{"idx", []string{"-ubyte", ".idx1", ".idx3", ".idx4"}, true, lookIDX, readIDX},
		{"images", nil, false, lookImages, readImages},
		{"jsonl", []string{".ndjson"}, false, lookJSONL, readJSONL},
		{"tsv", []string{".tab"}, false, lookCSV, readCSV},
		{"csv", nil, false, lookCSV, readCSV},
	}
}

func formatNames() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

func formatNamed(name string) (format, error) {
	for _, f := range formats() {
		if f.name == name {
			return f, nil
		}
	}
	return format{}, fmt.Errorf("format %q is not known%s", name, near.Among(name, formatNames()))
}

// formatByName returns the format that the name of a file tells, or "".
func formatByName(path string) string {
	name := strings.ToLower(filepath.Base(path))
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	for _, f := range formats() {
		if strings.HasSuffix(name, "."+f.name) || slices.ContainsFunc(f.endings, func(e string) bool { return strings.HasSuffix(name, e) }) {
			return f.name
		}
	}
	return ""
}

// detect returns the format of a file or folder: by its content, and for texts
// by its name.
func detect(path string) (string, error) {
	if fi, err := os.Stat(path); err == nil && fi.IsDir() {
		return "images", nil
	}
	s, err := openStream(path)
	if err != nil {
		return "", err
	}
	defer s.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(s, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return "", err
	}
	if n == 0 {
		return "", errors.New("the file is empty")
	}
	name, err := kindOf(head[:n], formatByName(path))
	if name == "zip" {
		return kindOfZip(path)
	}
	return name, err
}

// kindOf returns the format that the first bytes of a file tell, "zip" where
// the contents of an archive decide, or why it is not read. Its name tells
// only what text it is.
func kindOf(head []byte, byName string) (string, error) {
	for _, m := range []struct{ magic, name string }{
		{"PAR1", "parquet"}, {"ARROW1", "arrow"}, {"\xff\xff\xff\xff", "arrow"}, {"\x93NUMPY", "npy"}, {"PK\x03\x04", "zip"}, {"PK\x05\x06", "zip"},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.name, nil
		}
	}
	if isIDX(head) {
		return "idx", nil
	}
	if err := refused(head); err != nil {
		return "", err
	}
	if wide(head) == 0 && bytes.IndexByte(head, 0) >= 0 {
		return "", fmt.Errorf("no format that is read here (%s): convert it to one of these", strings.Join(formatNames(), ", "))
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(text, []byte("{")) && byName != "csv" && byName != "tsv" {
		return "jsonl", nil
	}
	if byName == "tsv" {
		return "tsv", nil
	}
	return "csv", nil
}
