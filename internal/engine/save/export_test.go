package save

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/nnvet/nnvet/internal/engine"
)

// Flat returns a state as texts, which are equal where the bits are. NaN is
// NaN, and no array is an empty one.
func Flat(s engine.State) map[string]string {
	m := make(map[string]string)
	writeFigures(m, figures, reflect.ValueOf(s))
	for name, numbers := range map[string][]float32{"m": s.M, "v": s.V, "params": s.Params, "buffers": s.Buffers, "best": s.BestParams, "best buffers": s.BestBuffers} {
		m[name] = fmt.Sprint(numbers)
	}
	return m
}

// ReadModelText reads a model that is in memory.
var ReadModelText = (*File).model

// ReadStateText reads a state that is in memory.
var ReadStateText = (*File).saved

// Edit changes the first place of a text in an entry of the metadata.
func (f *File) Edit(key, from, to string) {
	if !strings.Contains(f.Metadata[key], from) {
		panic(key + " has no " + from + ": " + f.Metadata[key])
	}
	f.Metadata[key] = strings.Replace(f.Metadata[key], from, to, 1)
}
