package vettest

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/tracefile"
)

// Parse reads a trace in the notation of the package comment, and the options
// that its limit lines ask for. A run that does not say otherwise has ended by
// itself, one step past the last one that a training series knows.
func Parse(text string) (*nnvet.Trace, nnvet.Options, error) {
	const name = "trace"
	p := parser{
		reader: tracefile.NewReader(name),
		ended:  nnvet.Exited,
		opts:   nnvet.Options{Limits: make(map[string]float64)},
	}
	for i, line := range strings.Split(text, "\n") {
		if err := p.line(strings.TrimSpace(line)); err != nil {
			return nil, p.opts, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	t := p.reader.Snapshot()
	for _, lost := range t.Lost {
		if strings.HasPrefix(lost, name) { // a slip in the case, not in what it is about
			return nil, p.opts, errors.New(lost)
		}
	}
	if t.Run.Ended == nnvet.Running {
		t.Run.Ended = p.ended
	}
	t.Run.Steps = max(t.Run.Steps, p.steps)
	t.Experiments = p.experiments
	return t, p.opts, nil
}

type parser struct {
	reader *tracefile.Reader
	opts   nnvet.Options
	steps  int64 // completed, as far as the lines so far tell
	ended  nnvet.Ending

	experiments []nnvet.Experiment
}

func (p *parser) line(line string) error {
	switch {
	case line == "" || line[0] == '#':
		return nil
	case line[0] == '{':
		return p.reader.Record([]byte(line))
	}
	head, rest, ok := strings.Cut(line, ":")
	if !ok {
		return fmt.Errorf("%q has no colon", line)
	}
	name, site, _ := strings.Cut(head, " ")
	rest, site = strings.TrimSpace(rest), strings.TrimSpace(site)
	switch name {
	case "steps":
		n, err := strconv.ParseInt(rest, 10, 64)
		p.steps = n
		return err
	case "ended":
		return p.end(rest)
	case "limit":
		v, err := strconv.ParseFloat(rest, 64)
		p.opts.Limits[site] = v
		return err
	case "experiment":
		p.experiments = append(p.experiments, nnvet.Experiment{Check: site, Lacking: rest})
		return nil
	case "arm":
		return p.arm(site, rest)
	}
	return p.series(name, site, rest)
}

// arm adds an arm to the last experiment. Its name may begin with its size.
func (p *parser) arm(name, points string) error {
	if len(p.experiments) == 0 {
		return errors.New("an arm stands behind its experiment")
	}
	a := nnvet.Arm{What: name}
	first, what, _ := strings.Cut(name, " ")
	if size, err := strconv.ParseFloat(first, 64); err == nil {
		a.What, a.Size = strings.TrimSpace(what), size
	}
	err := expand(points, func(at int64, v float64) error {
		a.At, a.Figures = append(a.At, float64(at)), append(a.Figures, v)
		return nil
	})
	e := &p.experiments[len(p.experiments)-1]
	e.Arms = append(e.Arms, a)
	return err
}

func (p *parser) end(how string) error {
	switch how {
	case "exit":
		p.ended = nnvet.Exited
	case "exception":
		p.ended = nnvet.Raised
	case "running":
		p.ended = nnvet.Running
	default:
		return fmt.Errorf("a run ends by exit or exception, or is running; not %q", how)
	}
	return nil
}

func (p *parser) series(name, site, points string) error {
	q, split, _ := strings.Cut(name, "/")
	k := nnvet.Key{Quantity: nnvet.Quantity(q), Site: site, Split: split}
	switch {
	case !slices.ContainsFunc(nnvet.Quantities, func(d quantity) bool { return d.Name == k.Quantity }):
		return fmt.Errorf("%q is no quantity", q)
	case split != "" && split != nnvet.Train && split != nnvet.Validation:
		return fmt.Errorf("%q is no split", split)
	}
	b := p.reader.Builder()
	return expand(points, func(step int64, v float64) error {
		if split == nnvet.Train {
			p.steps = max(p.steps, step+1)
		}
		return b.Add(k, step, v)
	})
}

// quantity is the type of the rows of nnvet.Quantities.
type quantity = struct {
	Name  nnvet.Quantity
	Means string
}

// maxPoints bounds the points of a line, so that a slip in a repetition is an
// error and not a wait.
const maxPoints = 1 << 20

var (
	point = regexp.MustCompile(`^(nan|-?inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)(?:([+*-])([0-9.]+(?:e[+-]?[0-9]+)?))?(?:x([0-9]+))?$`)
	mark  = regexp.MustCompile(`^@(\+?)([0-9]+)$`)
)

// expand calls add with every point of a line and its step.
func expand(points string, add func(step int64, v float64) error) error {
	var step int64
	stride, left := int64(1), maxPoints
	for _, f := range strings.Fields(points) {
		if m := mark.FindStringSubmatch(f); m != nil {
			n, err := strconv.ParseInt(m[2], 10, 64)
			if err != nil || n > math.MaxInt64/maxPoints {
				return fmt.Errorf("%q is too large", f)
			}
			if m[1] == "" {
				step = n
			} else {
				stride = n
			}
			continue
		}
		values, err := run(f, left)
		if err != nil {
			return err
		}
		left -= len(values)
		for _, v := range values {
			if err := add(step, v); err != nil {
				return err
			}
			step += stride
		}
	}
	return nil
}

// run returns the values that one field stands for, at most limit of them.
func run(field string, limit int) ([]float64, error) {
	m := point.FindStringSubmatch(field)
	if m == nil {
		return nil, fmt.Errorf("%q is no point", field)
	}
	start, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return nil, err
	}
	var by float64
	if m[2] != "" {
		if by, err = strconv.ParseFloat(m[3], 64); err != nil {
			return nil, err
		}
	}
	times := 1
	if m[4] != "" {
		if times, err = strconv.Atoi(m[4]); err != nil {
			return nil, err
		}
	}
	if times > limit {
		return nil, fmt.Errorf("%q makes more than %d points of a line", field, maxPoints)
	}
	values := make([]float64, times)
	for i := range values {
		n := float64(i)
		switch m[2] {
		case "+":
			values[i] = start + n*by
		case "-":
			values[i] = start - n*by
		case "*":
			values[i] = start * math.Pow(by, n)
		default:
			values[i] = start
		}
	}
	return values, nil
}
