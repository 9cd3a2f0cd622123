package subject

import (
	"context"
	"errors"

	"github.com/nnvet/nnvet/internal/dataset"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/experiment"
)

// inData says that an error is about what the data holds, where it is not about
// a setting: the file names the data.
func inData(err error) error {
	if setting := (*dataset.SettingError)(nil); errors.As(err, &setting) || errors.Is(err, context.Canceled) {
		return err
	}
	return &dataset.SettingError{Key: "path", Err: err}
}

// placed quotes the line of the experiment file that an error is about, where
// it is about one.
func placed(f *experiment.File, err error) error {
	var setting *dataset.SettingError
	var layer *engine.LayerError
	var memory *engine.MemoryError
	switch {
	case errors.As(err, &setting):
		if at := f.Mention("data."+setting.Key, setting.Name); at.Known() {
			return f.Quote(at, "%v", err)
		}
	case errors.As(err, &layer):
		if layer.Source.Known() {
			return f.Quote(layer.Source, "%v", layer.Err)
		}
	case errors.As(err, &memory):
		for _, key := range []string{"network", "batch"} {
			if at := f.Place(key); at.Known() {
				return f.Quote(at, "%v", err)
			}
		}
	}
	return err
}
