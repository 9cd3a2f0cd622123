package prove

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nnvet/nnvet/internal/tracefile"
)

// A Journal keeps what was trained, so that a proof that was interrupted goes on
// where it stopped: a line of JSON a training, and a directory with its trace.
type Journal struct {
	root    string
	lock    sync.Mutex
	entries map[string]*Entry
	next    int
}

// An Entry is one training.
type Entry struct {
	Key    string        `json:"variant"`
	Seed   int64         `json:"seed"`
	Dir    string        `json:"dir"`
	Wall   time.Duration `json:"wall_ns"`
	Failed string        `json:"failed,omitempty"`
	Score  Score         `json:"score"`
}

const journalFile = "journal.jsonl"

// OpenJournal opens the journal of a subject in a directory, which it makes.
// about names the subject with all that its trainings depend on: what is there
// of another one, as of a program that was changed since, is deleted. A last
// line that was cut off is as if it were not there.
func OpenJournal(dir, about string) (*Journal, error) {
	j := &Journal{root: dir, entries: make(map[string]*Entry)}
	if err := j.begin(about); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, journalFile))
	if errors.Is(err, fs.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		e := new(Entry)
		if json.Unmarshal(lines.Bytes(), e) == nil && e.Key != "" {
			j.entries[id(e.Key, e.Seed)] = e
		}
	}
	return j, lines.Err()
}

// aboutFile says what the journal is of.
const aboutFile = "about"

func (j *Journal) begin(about string) error {
	path := filepath.Join(j.root, aboutFile)
	if was, err := os.ReadFile(path); err == nil && string(was) == about {
		return nil
	}
	if err := os.RemoveAll(j.root); err != nil {
		return err
	}
	if err := os.MkdirAll(j.root, 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(about), 0o600)
}

// Known is how many trainings the journal holds.
func (j *Journal) Known() int { return len(j.entries) }

func (j *Journal) path(dir string) string { return filepath.Join(j.root, dir) }

func id(key string, seed int64) string { return fmt.Sprintf("%d %s", seed, key) }

func (j *Journal) find(key string, seed int64) *Entry {
	j.lock.Lock()
	defer j.lock.Unlock()
	return j.entries[id(key, seed)]
}

// load reads the trace of an entry again. Where it is gone, its score stays.
func (j *Journal) load(e *Entry) (*Training, error) {
	t := &Training{Wall: e.Wall, Failed: e.Failed}
	trace, err := tracefile.Load(filepath.Join(j.root, e.Dir))
	if err == nil {
		t.Trace = trace
	}
	return t, nil
}

// dir makes a directory for a training, named from the journal's.
func (j *Journal) dir() (string, error) {
	j.lock.Lock()
	defer j.lock.Unlock()
	for {
		j.next++
		name := fmt.Sprintf("%04d", j.next)
		err := os.Mkdir(filepath.Join(j.root, name), 0o700)
		if !errors.Is(err, fs.ErrExist) {
			return name, err
		}
	}
}

// add notes a training that has ended. One write a line: two processes do not
// mix theirs.
func (j *Journal) add(e *Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	j.lock.Lock()
	defer j.lock.Unlock()
	f, err := os.OpenFile(filepath.Join(j.root, journalFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	j.entries[id(e.Key, e.Seed)] = e
	return errors.Join(err, f.Close())
}
