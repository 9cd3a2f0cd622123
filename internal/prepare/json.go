package prepare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nnvet/nnvet/internal/plural"
)

// schema is the version of the format, which grows when readers of
// an older one would misread it.
const schema = "nnvet/preparation/1"

// A kept preparation is what JSON holds of one.
type kept struct {
	Schema string       `json:"schema"`
	Target target       `json:"target"`
	Inputs []ingredient `json:"inputs"`
}

// MarshalJSON writes what Inputs, Targets and Decode need. What was said stays behind.
func (p *Preparation) MarshalJSON() ([]byte, error) {
	return json.Marshal(kept{schema, p.target, p.inputs})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Preparation) UnmarshalJSON(text []byte) error {
	read, err := Read(text)
	if err != nil {
		return err
	}
	*p = *read
	return nil
}

// Read reads what MarshalJSON wrote, and trusts nothing of it.
func Read(text []byte) (*Preparation, error) {
	var version struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return nil, fmt.Errorf("preparation: %w", err)
	}
	if version.Schema != schema {
		return nil, fmt.Errorf("preparation: its schema is %.40q, not %q: it is of another version of nnvet", version.Schema, schema)
	}
	var k kept
	d := json.NewDecoder(bytes.NewReader(text)) // which holds one value: see above
	d.DisallowUnknownFields()
	if err := d.Decode(&k); err != nil {
		return nil, fmt.Errorf("preparation: %w", err)
	}
	if err := k.check(); err != nil {
		return nil, fmt.Errorf("preparation: %w", err)
	}
	return &Preparation{target: k.Target, inputs: k.Inputs}, nil
}

func (k *kept) check() error {
	if err := k.Target.check(); err != nil {
		return fmt.Errorf("target %.40q: %w", k.Target.Name, err)
	}
	if len(k.Inputs) == 0 {
		return errors.New("no inputs")
	}
	columns := []string{k.Target.Name}
	width := 0
	for i := range k.Inputs {
		in := &k.Inputs[i]
		if err := in.check(); err != nil {
			return fmt.Errorf("column %.40q: %w", in.Name, err)
		}
		columns = append(columns, in.Name)
		if width += in.encoder().width(); width > maxWidth {
			return fmt.Errorf("over %d features", maxWidth)
		}
	}
	return unique("column", columns)
}

func (t *target) check() error {
	switch {
	case t.Name == "":
		return errors.New("it has no name")
	case (t.Classes == nil) == (t.Numbers == nil):
		return errors.New("it must have either classes or numbers")
	case t.Numbers == nil && (len(t.Classes) < 2 || len(t.Classes) > maxClasses):
		return fmt.Errorf("%s", plural.Of(len(t.Classes), "class"))
	case t.Numbers == nil:
		return unique("class", t.Classes)
	case t.Numbers.Missing || t.Numbers.Tokens > 0:
		return errors.New("its numbers are those of an input")
	}
	return t.Numbers.check()
}
