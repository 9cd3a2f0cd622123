package edit

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/nnvet/nnvet"
)

//go:embed python/*.py
var editor embed.FS

// Python returns a treatment as a change of the Python files below dir, the
// directory of the run, that its trace names. The interpreter is the one that
// ran them, so that it reads what it read. The error is a [*Refused] where the
// place is not certain.
func Python(ctx context.Context, interpreter, dir string, t *nnvet.Trace, tr nnvet.Treatment) (*Patch, error) {
	return PythonAfter(ctx, nil, interpreter, dir, t, tr)
}

// PythonAfter is [Python] of the files as another patch leaves them; nil for none.
func PythonAfter(ctx context.Context, first *Patch, interpreter, dir string, t *nnvet.Trace, tr nnvet.Treatment) (*Patch, error) {
	if r := words(tr); r != nil {
		return nil, r
	}
	files, err := sources(dir, first, t)
	if err != nil {
		return nil, err
	}
	req := request{Files: make(map[string]string), Trace: factsOf(t), Settings: []setting{}, Edits: []place{}}
	for path, text := range files {
		req.Files[path] = string(text)
	}
	if covers(tr) {
		for _, e := range tr.Edits {
			if _, ok := files[e.At.File]; !ok || e.At.Col == 0 {
				return nil, &Refused{Why: e.At.String() + " is in no file below the directory of the run", Instead: tr.Action}
			}
			req.Edits = append(req.Edits, placeOf(e, tr))
		}
	} else {
		for _, s := range tr.Settings {
			req.Settings = append(req.Settings, setting{s.Name, s.Site, s.From, s.To})
		}
	}
	ans, err := ask(ctx, interpreter, req)
	if err != nil {
		return nil, err
	}
	if r := ans.Refused; r != nil {
		return nil, r.of(tr)
	}
	for _, k := range ans.Keys {
		if err := k.set(dir, first, files, ans); err != nil {
			return nil, err
		}
	}
	return ans.patch(files)
}

// A request is what the editor is asked. The tags are the names that it reads.
type request struct {
	Files    map[string]string `json:"files"`
	Trace    facts             `json:"trace"`
	Settings []setting         `json:"settings"`
	Edits    []place           `json:"edits"` // whose places are known already
}

type setting struct {
	Name string `json:"name"`
	Site string `json:"site"`
	From string `json:"from"`
	To   string `json:"to"`
}

type place struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Col     int    `json:"col"`
	EndLine int    `json:"end_line"`
	EndCol  int    `json:"end_col"`
	Text    string `json:"text"`
	From    string `json:"from"`    // what the run used; "" if unknown
	Setting *int   `json:"setting"` // which one of the treatment's it is, by its new value
}

func placeOf(e nnvet.Edit, tr nnvet.Treatment) place {
	p := place{File: e.At.File, Line: e.At.Line, Col: e.At.Col, EndLine: e.At.EndLine, EndCol: e.At.EndCol, Text: e.New}
	for i, s := range tr.Settings {
		if s.To == e.New {
			p.From, p.Setting = s.From, &i
			break
		}
	}
	return p
}

// An answer is what the editor says: changes by file, or why there are none.
type answer struct {
	Files   map[string][]bytesChange `json:"files"`
	Keys    []key                    `json:"keys"` // values to be set in files of settings
	Refused *refused                 `json:"refused"`
}

type refused struct {
	Setting *int   `json:"setting"`
	Why     string `json:"why"`
	Instead string `json:"instead"`
}

func (r *refused) of(tr nnvet.Treatment) *Refused {
	out := &Refused{Why: r.Why, Instead: r.Instead}
	if r.Setting != nil && *r.Setting < len(tr.Settings) {
		out.Setting = tr.Settings[*r.Setting]
		if out.Instead == "" {
			out.Instead = instead(out.Setting)
		}
	}
	if out.Instead == "" {
		out.Instead = tr.Action
	}
	return out
}

// bytesChange reads [from, to, "text"].
type bytesChange change

func (c *bytesChange) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&c.from, &c.to, &c.text})
}

func (a *answer) patch(files map[string][]byte) (*Patch, error) {
	p := &Patch{}
	for _, path := range sorted(a.Files) {
		before, ok := files[path]
		if !ok {
			return nil, fmt.Errorf("editor: changes %s, which it was not given", path)
		}
		var changes []change
		for _, c := range a.Files[path] {
			changes = append(changes, change(c))
		}
		f, err := newFile(path, before, changes)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(f.Before, f.After) {
			p.Files = append(p.Files, f)
		}
	}
	if len(p.Files) == 0 {
		return nil, &Refused{Why: "the files say so already", Instead: "look for what sets it anew as the program runs"}
	}
	return p, nil
}

// patience is how long the editor may take for one treatment.
const patience = 30 * time.Second

// ask runs the editor in the interpreter, apart from the user's own modules
// and settings of Python.
func ask(ctx context.Context, interpreter string, req request) (*answer, error) {
	room, err := os.MkdirTemp("", "nnvet-edit-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(room) }()
	if err := install(room); err != nil {
		return nil, err
	}
	in, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, interpreter, "-I", "-B", room) // a directory is run by its __main__.py
	cmd.WaitDelay = time.Second
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(ctx.Err(), fmt.Errorf("%s: the editor ended: %w: %s", interpreter, err, lastLine(complaint.String())))
	}
	var a answer
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		return nil, fmt.Errorf("%s: the editor's answer: %w", interpreter, err)
	}
	return &a, nil
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndex(text, "\n")+1:]
}

// install writes the editor into a directory.
func install(room string) error {
	names, err := editor.ReadDir("python")
	for _, e := range names {
		text, readErr := editor.ReadFile("python/" + e.Name())
		err = errors.Join(err, readErr, os.WriteFile(filepath.Join(room, e.Name()), text, 0o600))
	}
	return err
}
