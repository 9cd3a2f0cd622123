package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/prove"
)

// validated finds a figure that a program prints of rows that were held out:
// "val accuracy 0.91", "test_acc: 0.9".
var validated = regexp.MustCompile(`(?i)(?:^|[^\w])((?:val|valid|validation|dev|test)[ _-](?:accuracy|acc|r2|f1|auc|loss|rmse|mae|mse))["']?\s*[:=]?\s*[-+]?\.?\d`)

// A printed is the name of such a figure, where the trace of the training holds
// no validation by which it could be judged.
type printed struct {
	lock sync.Mutex
	name string
}

// look looks at what a training printed.
func (p *printed) look(t *prove.Training) {
	if t.Trace == nil {
		return
	}
	if _, err := t.Trace.Course(nnvet.Validation); err == nil {
		return
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	if m := validated.FindSubmatch(t.Output); m != nil && p.name == "" {
		p.name = string(m[1])
	}
}

// hint tells of the flag that judges by the printed figure.
func (p *printed) hint(run string) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.name != "" {
		fmt.Fprintf(os.Stderr, "nnvet: judged by training rows, as no validation was seen; the program prints one: nnvet prove %s --metric %q\n", run, strings.TrimSpace(p.name))
	}
}
