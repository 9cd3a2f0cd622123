package nnvet

// Engine is the framework of runs that trained on nnvet's own engine, as an
// experiment file says.
const Engine = "nnvet"

// Words say one thing to someone who wrote a program, and to someone who wrote
// an experiment file; the same to both where File is empty.
type Words struct{ Program, File string }

// Say returns the words that fit what the trace is of.
func (t *Trace) Say(w Words) string {
	if t.OfFile() && w.File != "" {
		return w.File
	}
	return w.Program
}

// Entry returns what an experiment file says under a key of its data, of the
// inputs or of the target where it tells them apart; nil where it says nothing.
func (t *Trace) Entry(key, of string) *Call {
	if !t.OfFile() {
		return nil
	}
	return find(t.Calls, func(c *Call) bool { return c.Func == key && c.In == of })
}

// OfFile reports whether the trace is of an experiment file.
func (t *Trace) OfFile() bool { return t.Run.Framework == Engine }
