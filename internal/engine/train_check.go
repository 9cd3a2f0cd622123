package engine

import (
	"errors"
	"fmt"
	"math"
)

// checkTraining says what in a spec cannot be trained, apart from its network.
func (s Spec) checkTraining(train, val Data) error {
	switch {
	case train.Rows == 0:
		return errors.New("training data: no rows")
	case s.Batch <= 0:
		return fmt.Errorf("batch %d: it must be a number of rows, as 32", s.Batch)
	case s.Epochs < 0 || s.Steps < 0:
		return fmt.Errorf("epochs %d, steps %d: they must not be negative", s.Epochs, s.Steps)
	case s.Epochs == 0 && s.Steps == 0:
		return errors.New("epochs: how long to train is missing: give epochs or steps")
	case s.Patience < 0:
		return fmt.Errorf("patience %d: it must be a number of epochs, or 0 for none", s.Patience)
	case s.Patience > 0 && val.Rows == 0:
		return errors.New("patience: there are no validation rows to judge by: keep some, or leave patience out")
	}
	if err := s.Schedule.check(); err != nil {
		return err
	}
	return s.Clip.check()
}

// check compares the data with the network that it is for. No rows are well.
func (d Data) check(what string, n *Network) error {
	in, out := n.spec.Input.Size(), n.Outputs().Size()
	switch {
	case d.Rows < 0 || d.Rows > math.MaxInt32:
		return fmt.Errorf("%s: %d rows: it must be 0 to %d", what, d.Rows, math.MaxInt32)
	case len(d.X) != d.Rows*in:
		return fmt.Errorf("%s: %d inputs are not %d rows of %d", what, len(d.X), d.Rows, in)
	case n.spec.Loss.Kind.Labels():
		return d.checkLabels(what, out)
	case len(d.Y) != d.Rows*out:
		return fmt.Errorf("%s: %d targets are not %d rows of the network's %d outputs", what, len(d.Y), d.Rows, out)
	}
	return nil
}

func (d Data) checkLabels(what string, classes int) error {
	if len(d.Labels) != d.Rows {
		return fmt.Errorf("%s: %d labels for %d rows", what, len(d.Labels), d.Rows)
	}
	for i, c := range d.Labels {
		if c < 0 || int(c) >= classes {
			return fmt.Errorf("%s: row %d: class %d, where the network has outputs for classes 0 to %d", what, i, c, classes-1)
		}
	}
	return nil
}
