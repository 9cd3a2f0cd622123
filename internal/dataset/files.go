package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/near"
)

// maxFiles bounds the files of a data set.
const maxFiles = 100_000

// find returns the files that a pattern means: a file, the files of a folder,
// or what a glob matches, sorted by name.
func find(pattern string) ([]string, error) {
	fi, err := os.Stat(pattern)
	switch {
	case err == nil && fi.IsDir():
		return inFolder(pattern)
	case err == nil:
		return []string{pattern}, nil
	}
	files, globErr := filepath.Glob(pattern)
	if globErr != nil {
		return nil, fmt.Errorf("%s: no pattern: %w", pattern, globErr)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: %w%s", pattern, reason(err), near.Among(filepath.Base(pattern), siblings(pattern)))
	}
	if len(files) > maxFiles {
		return nil, fmt.Errorf("%s: matches more than %d files", pattern, maxFiles)
	}
	return files, nil
}

// siblings returns the names of the files beside a path.
func siblings(path string) []string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil // then there is nothing to suggest
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// inFolder returns the data files of a folder, or the folder itself where it
// holds a folder of images for each class.
func inFolder(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, reason(err))
	}
	var files []string
	classes, images := 0, 0
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() && holdsImages(path):
			classes++
		case e.IsDir():
		case isImage(e.Name()):
			images++
		case formatByName(e.Name()) != "":
			files = append(files, path)
		}
	}
	switch {
	case len(files) > maxFiles:
		return nil, fmt.Errorf("%s: more than %d files", dir, maxFiles)
	case len(files) > 0:
		return files, nil
	case classes > 0:
		return []string{dir}, nil
	case images > 0:
		return nil, fmt.Errorf("%s: images that belong to no class: put those of each class into a folder of their own, %s", dir, filepath.Join(dir, "CLASS", "image.png"))
	}
	return nil, fmt.Errorf("%s: holds no data file (%s) and no folders of images", dir, strings.Join(formatNames(), ", "))
}

// pairs gives each file of images or features the file of its labels. Where
// that is among the files, it is no data file of its own.
func pairs(files []string, labels string) ([]*input, error) {
	if labels != "" && len(files) > 1 {
		return nil, fmt.Errorf("%s: labels of one file, but there are %d data files", labels, len(files))
	}
	var beside []string
	for _, f := range files {
		l := labels
		if l == "" {
			l = labelsBeside(f)
		}
		beside = append(beside, l)
	}
	var inputs []*input
	for i, f := range files {
		if slices.Contains(beside, f) {
			continue
		}
		in, err := newInput(f, beside[i])
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	return inputs, nil
}

// labelNames tells how the file of labels is called beside that of the data.
var labelNames = []struct{ data, labels string }{
	{"images-idx3", "labels-idx1"}, {"images.idx3", "labels.idx1"}, {"images-idx4", "labels-idx1"}, // MNIST and its kin
	{"images", "labels"}, {"features", "labels"}, {"features", "targets"}, {"inputs", "targets"}, {"data", "labels"}, {"data", "target"},
}

// labelsBeside returns the existing file that holds the labels by its name, or
// "": train-labels-idx1-ubyte, y_train.npy.
func labelsBeside(path string) string {
	dir, name := filepath.Split(path)
	var names []string
	for _, n := range labelNames {
		if strings.Contains(name, n.data) {
			names = append(names, strings.Replace(name, n.data, n.labels, 1))
		}
	}
	if stem := strings.TrimLeft(name, "xX"); len(stem) == len(name)-1 && strings.IndexAny(stem, "_-.") == 0 {
		names = append(names, "y"+stem, "Y"+stem) // x.npy, X_train.npy
	}
	for _, n := range names {
		for _, candidate := range []string{n, strings.TrimSuffix(n, ".gz"), n + ".gz"} {
			if fi, err := os.Stat(filepath.Join(dir, candidate)); err == nil && fi.Mode().IsRegular() {
				return filepath.Join(dir, candidate)
			}
		}
	}
	return ""
}
