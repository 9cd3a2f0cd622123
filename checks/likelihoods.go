package checks

import (
	_ "embed"
	"encoding/json"

	"github.com/nnvet/nnvet"
)

//go:embed likelihoods.json
var likelihoods []byte

// Likelihoods say how far to trust a finding, beside what else was found. They
// were learned from the casebook's part to learn from: nnvet-casebook learn.
var Likelihoods = func() *nnvet.Likelihoods {
	ls := new(nnvet.Likelihoods)
	if err := json.Unmarshal(likelihoods, ls); err != nil {
		panic("nnvet: likelihoods.json: " + err.Error()) // a slip in the file, which every test would show
	}
	return ls
}()
