package prove

import "slices"

// eliminate takes out what the rest does as well without: the last first, and one
// at a time, since two that stand in for each other are each idle beside the
// other, and not both. idle tells whether one is, beside the rest. With an error
// it returns what was left by then.
func eliminate[T any](all []T, idle func(out T, rest []T) (bool, error)) ([]T, error) {
	for i := len(all) - 1; i >= 0 && len(all) > 1; i-- {
		rest := slices.Delete(slices.Clone(all), i, i+1)
		out, err := idle(all[i], rest)
		if err != nil {
			return all, err
		}
		if out {
			all = rest
		}
	}
	return all, nil
}
