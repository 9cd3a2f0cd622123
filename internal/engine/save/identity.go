package save

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/engine"
)

// An Identity is what a training depends on, by name: every setting that is
// not zero, and fingerprints of the data. Two trainings of the same identity
// take the same steps.
type Identity map[string]string

// Identify returns the identity of a training. How long it is to last is no
// part of it, unless the schedule depends on that, nor is the kernel set: the
// one changes nothing of the steps so far, the other only their last bits.
func Identify(s engine.Spec, train, val engine.Data) Identity {
	id := make(Identity)
	s.Kernels, s.Patience = "", 0
	if k := s.Schedule.Kind; k != "cosine" && k != "linear" {
		s.Epochs, s.Steps = 0, 0
	}
	id.add("", reflect.ValueOf(s))
	id.data("training", train)
	id.data("validation", val)
	return id
}

// add notes every number, text and truth in a value that is not zero, under
// the names that the experiment file has for them.
func (id Identity) add(name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			switch f := v.Type().Field(i); {
			case f.Type.Kind() == reflect.Interface: // a node's layer: its settings are the node's
				id.add(name, v.Field(i))
			case f.IsExported() && f.Name != "Source":
				id.add(strings.TrimPrefix(name+"."+settingName(f), "."), v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			id.add(fmt.Sprintf("%s[%d]", name, i), v.Index(i))
		}
	case reflect.Interface, reflect.Pointer:
		if layer, ok := v.Interface().(engine.Layer); ok && v.Kind() == reflect.Interface {
			id[name] = layer.Kind()
		}
		if !v.IsNil() {
			id.add(name, v.Elem())
		}
	default:
		if !v.IsZero() {
			id[name] = fmt.Sprint(v.Interface())
		}
	}
}

// settingName returns the name of a field as the experiment file has it.
func settingName(f reflect.StructField) string {
	if tag, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); tag != "" {
		return tag
	}
	return strings.ToLower(f.Name)
}

// data notes a split: its size, and what it holds.
func (id Identity) data(split string, d engine.Data) {
	id[split+" rows"] = fmt.Sprint(d.Rows)
	id[split+" inputs"] = fingerprint(len(d.X), func(i int) uint32 { return math.Float32bits(d.X[i]) })
	if d.Labels != nil {
		id[split+" targets"] = fingerprint(len(d.Labels), func(i int) uint32 { return uint32(d.Labels[i]) })
		return
	}
	id[split+" targets"] = fingerprint(len(d.Y), func(i int) uint32 { return math.Float32bits(d.Y[i]) })
}

// fingerprint returns a short name of n numbers, given as their bits.
func fingerprint(n int, bits func(i int) uint32) string {
	h := sha256.New()
	buf := make([]byte, 0, 1<<12)
	for i := range n {
		if buf = binary.LittleEndian.AppendUint32(buf, bits(i)); len(buf) == cap(buf) {
			h.Write(buf)
			buf = buf[:0]
		}
	}
	h.Write(buf)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Changed says why a training cannot go on: what it depends on is no longer
// what it was.
type Changed struct {
	Differences []string // "optimizer.lr is 0.01, was 0.001"
}

func (c *Changed) Error() string {
	const told = 5
	list := c.Differences
	more := ""
	if len(list) > told {
		list, more = list[:told], fmt.Sprintf("; and %d more", len(c.Differences)-told)
	}
	return fmt.Sprintf("not the training that was saved: %s%s; undo this, or train anew without resuming", strings.Join(list, "; "), more)
}

// since returns how the identity differs from an earlier one, or nil.
func (id Identity) since(was Identity) error {
	names := maps.Clone(id)
	maps.Copy(names, was)
	var c Changed
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if id[name] != was[name] {
			c.Differences = append(c.Differences, difference(name, id[name], was[name]))
		}
	}
	if c.Differences == nil {
		return nil
	}
	return &c
}

func difference(name, now, was string) string {
	switch {
	case strings.HasSuffix(name, " inputs"), strings.HasSuffix(name, " targets"):
		return name + " hold other numbers than before"
	case now == "":
		return fmt.Sprintf("%s is no longer set, was %.60s", name, was)
	case was == "":
		return fmt.Sprintf("%s is %.60s, was not set", name, now)
	}
	return fmt.Sprintf("%s is %.60s, was %.60s", name, now, was)
}
