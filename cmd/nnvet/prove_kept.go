package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/checks"
	"github.com/nnvet/nnvet/internal/edit"
	"github.com/nnvet/nnvet/internal/page"
	"github.com/nnvet/nnvet/internal/prove"
	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/store"
)

// A kept is what proof.json holds: the report, and the files as they would be.
type kept struct {
	Nnvet  string          `json:"nnvet"`
	Run    string          `json:"run"`
	Report *prove.Report   `json:"report"`
	Files  []keptFile      `json:"files"`             // with all that was proven and is not idle
	Rest   []nnvet.Setting `json:"by_hand,omitempty"` // proven at run time alone
}

type keptFile struct {
	Path   string `json:"path"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// conclude keeps and prints what was proven.
func (p *proving) conclude(run *store.Run, rep *prove.Report) error {
	k := keptOf(run, rep)
	doc, err := json.MarshalIndent(k, "", " ")
	if err == nil {
		err = run.Write(proofFile, append(doc, '\n'))
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	p.leaveAgain(run)
	if err := p.tell(proofView(run, rep, k)); err != nil {
		return err
	}
	if len(rep.Left) > 0 && len(rep.Proven()) == 0 {
		return status(codeFindings)
	}
	return nil
}

// keptOf returns a report with the files of what it ends with.
func keptOf(run *store.Run, rep *prove.Report) kept {
	k := kept{Nnvet: version, Run: run.Meta.ID, Report: rep}
	if v, ok := rep.Final().(prove.Edited); ok && v.Patch() != nil {
		for _, f := range v.Patch().Files {
			k.Files = append(k.Files, keptFile{f.Path, string(f.Before), string(f.After)})
		}
	}
	if v, ok := rep.Final().(interface{ AtRunTime() []nnvet.Setting }); ok {
		k.Rest = v.AtRunTime()
	}
	return k
}

// tell prints a proof, and writes it to the files that were asked for.
func (p *proving) tell(view *report.ProofReport) error {
	err := p.stream.Proof(os.Stdout, view, p.style)
	if err == nil {
		err = errors.Join(p.saveProof(view), p.summarize(func(w io.Writer) error { return format("md").Proof(w, view, report.Style{}) }))
	}
	if err != nil {
		return &failure{code: codeNoVerdict, err: err}
	}
	return nil
}

// saveProof writes a proof to the files that were asked for. All are tried.
func (p *proving) saveProof(v *report.ProofReport) (errs error) {
	for _, d := range p.files {
		var b bytes.Buffer
		err := p.writeProof(&b, d, v)
		if err == nil {
			err = os.WriteFile(d.path, b.Bytes(), 0o666)
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

// writeProof writes a proof as a file takes it; the page shows it in its run.
func (p *proving) writeProof(b *bytes.Buffer, d destination, v *report.ProofReport) error {
	if !d.page {
		return d.format.Proof(b, v, p.plain())
	}
	in, _, err := p.paged(v.Run)
	if err == nil {
		err = page.Write(b, in)
	}
	return err
}

// patch returns the files of a proof as a patch.
func (k *kept) patch() *edit.Patch {
	p := &edit.Patch{}
	for _, f := range k.Files {
		p.Files = append(p.Files, edit.File{Path: f.Path, Before: []byte(f.Before), After: []byte(f.After)})
	}
	return p
}

// proofView is the proof as it is shown.
func proofView(run *store.Run, rep *prove.Report, k kept) *report.ProofReport {
	v := &report.ProofReport{
		Version: version, Run: run.Meta.ID, Command: run.Meta.Command, Scale: string(rep.Scale), Split: rep.Split, Trainings: rep.Trainings,
		Spent: rep.Spent, Short: rep.Short, Healthy: rep.Healthy, Left: names(append([]string{}, rep.Left...)), Disproven: names(append([]string{}, rep.Disproven...)), Diff: k.patch().Diff(),
	}
	if s := rep.Solution; s != nil {
		v.Solution = &report.Solution{Solved: s.Solved, Why: s.Why, Remains: float64(s.Remains)}
	}
	for _, f := range k.Files {
		if k.half() == nil { // else nnvet fix writes nothing
			v.Files = append(v.Files, f.Path)
		}
	}
	for _, f := range rep.Fixes {
		v.Proofs = append(v.Proofs, report.Proof{Check: f.Check, Name: f.Name, Site: f.Site, Message: f.Message, Proof: *f.Told()})
	}
	for _, u := range rep.NotTried {
		v.NotTried = append(v.NotTried, report.NotTried{Check: u.Check, Name: u.Name, Site: u.Site, Why: u.Why, Instead: u.Instead})
	}
	return v
}

// names returns checks by name; all of them for nil.
func names(ids []string) []string {
	var out []string
	for _, c := range checks.All {
		if ids == nil || slices.Contains(ids, c.ID) {
			out = append(out, c.Name)
		}
	}
	return out
}

// readProof reads what was proven of a run.
func readProof(run *store.Run) (*kept, error) {
	text, err := os.ReadFile(run.Path(proofFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoProof
	}
	if err != nil {
		return nil, err
	}
	k := new(kept)
	if err := json.Unmarshal(text, k); err != nil {
		return nil, fmt.Errorf("%s: %w", run.Path(proofFile), err)
	}
	if k.Report == nil {
		return nil, fmt.Errorf("%s: it holds no report", run.Path(proofFile))
	}
	return k, nil
}

// errNoProof is of a run that nothing was tried of.
var errNoProof = errors.New("nothing was proven of it yet")
