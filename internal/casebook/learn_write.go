package casebook

import (
	"encoding/json"
	"os"

	"github.com/nnvet/nnvet"
)

// WriteLikelihoods writes what was learned to a file.
func WriteLikelihoods(path string, ls *nnvet.Likelihoods) error {
	text, err := json.MarshalIndent(ls, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
