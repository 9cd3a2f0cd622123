package casebook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// Kept is a directory of traces of runs, so that the checks can judge them again
// after a change of the checks alone. After a change of what is trained or
// recorded it must be made anew.
type Kept string

func (k Kept) path(o Order) string {
	return filepath.Join(string(k), fmt.Sprintf("%s@%d.zst", strings.ReplaceAll(o.Case.Name, "/", "+"), o.Seed))
}

// save writes a run: a line of its skill, then its trace.
func (k Kept) save(o Order, s Skill, trace []byte) error {
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(s); err != nil {
		return err
	}
	out.Write(trace)
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	return os.WriteFile(k.path(o), z.EncodeAll(out.Bytes(), nil), 0o644)
}

// load reads a run.
func (k Kept) load(o Order) (Skill, *nnvet.Trace, error) {
	var s Skill
	packed, err := os.ReadFile(k.path(o))
	if err != nil {
		return s, nil, err
	}
	z, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return s, nil, err
	}
	defer z.Close()
	in := bufio.NewReader(z)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return s, nil, err
	}
	if err := json.Unmarshal(line, &s); err != nil {
		return s, nil, err
	}
	r := tracefile.NewReader("trace")
	if _, err := in.WriteTo(r); err != nil {
		return s, nil, err
	}
	return s, r.Snapshot(), nil
}

// Judge lets the checks judge the traces of orders, as [Train] would.
func (k Kept) Judge(orders []Order, trust *nnvet.Likelihoods) ([]*Run, error) {
	runs := make([]*Run, len(orders))
	todo := make(chan int)
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for i := range todo {
				runs[i] = k.judge(orders[i], trust)
			}
		})
	}
	for i := range orders {
		todo <- i
	}
	close(todo)
	all.Wait()
	for _, r := range runs {
		if r.Err != nil {
			return runs, r.Err // the first says what all of them say
		}
	}
	return runs, nil
}

func (k Kept) judge(o Order, trust *nnvet.Likelihoods) *Run {
	r := &Run{Case: o.Case, Name: o.Case.Name, Seed: o.Seed}
	skill, trace, err := k.load(o)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("not kept in %s: run it with --keep first", string(k))
	}
	if err != nil {
		r.Err = fmt.Errorf("%s, seed %d: %w", r.Name, r.Seed, err)
		return r
	}
	r.Skill = skill
	r.judge(trace, trust)
	return r
}
