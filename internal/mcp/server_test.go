package mcp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/nnvet/nnvet/internal/mcp"
)

// TestMain builds nnvet once, and names it to the tests in $NNVET_BUILT.
func TestMain(m *testing.M) { os.Exit(built(m)) }

func built(m *testing.M) int {
	dir, err := os.MkdirTemp("", "nnvet-mcp-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "nnvet")
	if msg, err := exec.Command("go", "build", "-o", program, "../../cmd/nnvet").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, msg)
		return 1
	}
	_ = os.Setenv("NNVET_BUILT", program) // the name holds no "="
	return m.Run()
}

// A client talks to a server in the same process.
type client struct {
	*testing.T
	root    string
	nnvet   string
	session *sdk.ClientSession
}

func connect(t *testing.T, root string) *client {
	t.Helper()
	c := &client{T: t, root: root, nnvet: os.Getenv("NNVET_BUILT")}
	server, err := mcp.New(mcp.Options{Root: root, Nnvet: c.nnvet, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	here, there := sdk.NewInMemoryTransports()
	if _, err := server.Connect(t.Context(), there, nil); err != nil {
		t.Fatal(err)
	}
	c.session, err = sdk.NewClient(&sdk.Implementation{Name: "test"}, nil).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.session.Close() })
	return c
}

// call returns the text and the structured answer of a tool.
func (c *client) call(tool string, args map[string]any) (string, map[string]any) {
	c.Helper()
	res, err := c.session.CallTool(c.Context(), &sdk.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		c.Fatalf("%s %v: %v", tool, args, err)
	}
	if res.IsError {
		c.Fatalf("%s %v: %s", tool, args, said(res))
	}
	doc, _ := res.StructuredContent.(map[string]any)
	return said(res), doc
}

// refused returns what a tool says that cannot answer.
func (c *client) refused(tool string, args map[string]any) string {
	c.Helper()
	res, err := c.session.CallTool(c.Context(), &sdk.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		return err.Error()
	}
	if !res.IsError {
		c.Errorf("%s %v: answered %.200s", tool, args, said(res))
	}
	return said(res)
}

func said(res *sdk.CallToolResult) string {
	var b strings.Builder
	for _, c := range res.Content {
		if t, ok := c.(*sdk.TextContent); ok {
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// records are of a network that ends in softmax before a loss that has its own.
const records = `{"k":"run","v":1,"nnvet":"0.1.0","t":1700000000,"pid":7,"rank":0,"world":1,"fw":"torch","fwv":"2.0.0","py":"3.11.2","script":"train.py","device":"cpu","threads":1,"det":false,"seeded":true}
{"k":"model","s":0,"c":"Net","mods":[{"i":0,"n":"","c":"Net","leaf":false,"a":{}},{"i":1,"n":"fc","c":"Linear","leaf":true,"a":{"bias":true}}],"params":[{"i":0,"n":"fc.weight","m":1,"shape":[10,64],"dt":"float32","rg":true}]}
{"k":"optim","i":0,"c":"SGD","groups":[{"a":{"lr":0.1},"p":[0]}]}
{"k":"head","h":0,"loss":"cross_entropy","red":"mean","src":"train.py:5","root":true,"shape":[32,10],"chain":[{"op":"softmax","src":"train.py:4:12:4:31","dim":1,"size":10},{"op":"linear","m":1}]}
{"k":"step","s":[0,3],"t":0.1,"loss":[2.3,2.3,2.3,2.3],"lr":[[0.1]],"bs":32,"bw":1,"ov":0.01}
{"k":"end","s":4,"t":0.1,"why":"exit","spent":0.001,"attach":0.002,"bytes":1000,"drops":0}
`

// leave makes a run of those records in a store, with a meta.json.
func leave(t *testing.T, dir, meta string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(records) {
		line = strings.TrimSuffix(line, "\n")
		fmt.Fprintf(&b, "%08x %s\n", crc32.ChecksumIEEE([]byte(line)), line)
	}
	write(t, filepath.Join(dir, "r0-7.jsonl"), b.String())
	write(t, filepath.Join(dir, "meta.json"), meta)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const meta = `{"id": "7f3ac1", "command": ["python", "train.py"], "cwd": "../../..", "started": "2026-01-02T03:04:05Z", "ended": "2026-01-02T03:05:05Z", "exit": 0}`

func TestReads(t *testing.T) {
	root := t.TempDir()
	leave(t, filepath.Join(root, ".nnvet/runs/7f3ac1"), meta)
	c := connect(t, root)

	tools, err := c.session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range tools.Tools {
		names = append(names, tool.Name)
		if writes := tool.Name == "fix" || tool.Name == "prove"; tool.Annotations != nil && tool.Annotations.ReadOnlyHint == writes {
			t.Errorf("%s says that it reads only: %v", tool.Name, !writes)
		}
	}
	if want := []string{"diagnose", "evidence", "explain", "findings", "fix", "prove"}; !slices.Equal(names, want) {
		t.Errorf("got tools %q, want %q", names, want)
	}

	text, doc := c.call("diagnose", nil)
	if !strings.HasPrefix(text, "nnvet run=7f3ac1 ") {
		t.Errorf("diagnose: got text %.100q", text)
	}
	follows(t, doc, "../../docs/diagnosis.schema.json", "")

	text, doc = c.call("findings", map[string]any{"run": "7f", "severity": "error"})
	if !strings.Contains(text, "train.py:4 error[NN0703] softmax-twice") || len(doc["findings"].([]any)) != 1 {
		t.Errorf("findings: got %q and %v", text, doc)
	}
	if _, doc = c.call("findings", map[string]any{"pitfall": 3}); len(doc["findings"].([]any)) != 0 {
		t.Errorf("findings of pitfall 3: got %v", doc)
	}

	text, doc = c.call("evidence", map[string]any{"finding": "softmax-twice"})
	if !strings.Contains(text, "error[NN0703]") {
		t.Errorf("evidence: got %q", text)
	}
	follows(t, doc["findings"].([]any)[0], "../../docs/diagnosis.schema.json", "finding")

	if text, _ = c.call("explain", map[string]any{"name": "6"}); !strings.Contains(text, "learning rate") {
		t.Errorf("explain: got %.200q", text)
	}
}

// follows holds that an answer follows a published schema, or a part of it.
func follows(t *testing.T, doc any, file, part string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	whole := new(jsonschema.Schema)
	if err := json.Unmarshal(text, whole); err != nil {
		t.Fatal(err)
	}
	if part != "" {
		whole = &jsonschema.Schema{Defs: whole.Defs, Ref: "#/$defs/" + part}
	}
	whole.ID = "" // no address
	schema, err := whole.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%s %s: %v", file, part, err)
	}
}

func TestReport(t *testing.T) {
	root := t.TempDir()
	leave(t, filepath.Join(root, ".nnvet/runs/7f3ac1"), meta)
	c := connect(t, root)
	for _, uri := range []string{"nnvet://runs/last/report", "nnvet://runs/7f3ac1/report"} {
		res, err := c.session.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: uri})
		if err != nil {
			t.Errorf("%s: %v", uri, err)
			continue
		}
		if got := res.Contents[0]; got.MIMEType != "text/html" || !strings.Contains(got.Text, "<!doctype html>") || !strings.Contains(got.Text, "softmax feeds") {
			t.Errorf("%s: got %s %.100q", uri, got.MIMEType, got.Text)
		}
	}
	for _, uri := range []string{"nnvet://runs/none/report", "nnvet://runs/..%2F..%2Felsewhere/report", "file:///etc/passwd"} {
		if _, err := c.session.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: uri}); err == nil {
			t.Errorf("%s: answered", uri)
		}
	}
	if _, err := os.Stat(filepath.Join(root, ".nnvet/runs/7f3ac1/report.html")); err == nil {
		t.Error("to read the report has written it")
	}
}

func TestBadCalls(t *testing.T) {
	root := t.TempDir()
	leave(t, filepath.Join(root, ".nnvet/runs/7f3ac1"), meta)
	c := connect(t, root)
	for _, call := range []struct {
		tool string
		args map[string]any
		want string
	}{
		{"diagnose", map[string]any{"run": "zz"}, "run zz: not in "},
		{"diagnose", map[string]any{"run": "--help"}, "run --help: not in "},
		{"diagnose", map[string]any{"run": strings.Repeat("x", 5000)}, "5000 bytes"},
		{"findings", map[string]any{"severity": "dire"}, "one of note, warning, error"},
		{"evidence", map[string]any{"finding": "NN9999"}, "has no finding"},
		{"evidence", nil, "finding"},
		{"explain", map[string]any{"name": "lr-to-high"}, "lr-too-high"},
		{"explain", map[string]any{"name": "--help"}, "unknown check"},
		{"prove", map[string]any{"budget": "-1s"}, "1h0m0s at most"},
		{"prove", map[string]any{"budget": "9h"}, "1h0m0s at most"},
		{"prove", map[string]any{"only": []string{"nonsense"}}, "there is no such check"},
		{"fix", nil, "nothing was proven of it yet"},
		{"fix", map[string]any{"write": true}, "nothing was proven of it yet"},
		{"fix", map[string]any{"write": "yes"}, "write"},
	} {
		if got := c.refused(call.tool, call.args); !strings.Contains(got, call.want) {
			t.Errorf("%s %.80v: got %q, want %q in it", call.tool, call.args, got, call.want)
		}
	}
}

// TestBelow holds that no name, no link and no run leads out of the root.
func TestBelow(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	leave(t, filepath.Join(dir, "elsewhere"), `{"id": "7f3ac1", "cwd": "."}`)
	leave(t, filepath.Join(root, "kept/7f3ac1"), `{"id": "7f3ac1", "cwd": "."}`)
	leave(t, filepath.Join(root, ".nnvet/runs/aaaaaa"), `{"id": "aaaaaa", "cwd": "../../../../elsewhere", "command": ["python", "train.py"]}`)
	for _, link := range []string{"link", ".nnvet/runs/bbbbbb"} {
		if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(root, link)); err != nil {
			t.Skip(err)
		}
	}
	c := connect(t, root)
	if text, _ := c.call("diagnose", map[string]any{"run": "kept/7f3ac1"}); !strings.Contains(text, "softmax-twice") {
		t.Errorf("a directory below the root: got %.200q", text)
	}
	for _, tool := range []string{"diagnose", "findings", "prove", "fix"} {
		for _, run := range []string{"../elsewhere", filepath.Join(dir, "elsewhere"), "link", "./link", "aaaaaa", "bbbbbb", ".."} {
			if got := c.refused(tool, map[string]any{"run": run}); !strings.Contains(got, "does not lie below") && !strings.Contains(got, "not in ") {
				t.Errorf("%s of %s: got %q", tool, run, got)
			}
		}
	}
}

// TestProves goes from a run to its proof, to the change that is only shown, and
// to the one that is made.
func TestProves(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains")
	}
	root := t.TempDir()
	data, err := os.ReadFile("../../examples/data/wine.csv")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "wine.csv"), string(data))
	const low = "data: {path: wine.csv, target: cultivar}\nnetwork: [{dense: 32}, relu]\noptimizer: {adam: {lr: 0.00001}}\nloss: cross_entropy\nepochs: 30\n"
	file := filepath.Join(root, "low.yaml")
	write(t, file, low)
	c := connect(t, root)
	cmd := exec.Command(c.nnvet, "run", "low.yaml")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "NN0602") {
		t.Fatalf("%v; the run finds something else:\n%s", err, out)
	}

	text, doc := c.call("prove", map[string]any{"only": []string{"lr-too-low"}})
	if !strings.Contains(text, "verdict=proven") {
		t.Fatalf("prove: got %q", text)
	}
	follows(t, doc, "../../docs/proof.schema.json", "")
	text, doc = c.call("fix", nil)
	if !strings.Contains(text, "-optimizer: {adam: {lr: 0.00001}}") || doc["written"] != false {
		t.Errorf("fix: got %q and %v", text, doc)
	}
	if now, _ := os.ReadFile(file); string(now) != low {
		t.Errorf("what was only shown is written:\n%s", now)
	}
	if _, doc = c.call("fix", map[string]any{"write": true}); doc["written"] != true || !strings.Contains(fmt.Sprint(doc["result"]), "changed low.yaml") {
		t.Errorf("fix with write: got %v", doc)
	}
	if now, _ := os.ReadFile(file); string(now) == low {
		t.Error("nothing is written")
	}
}

// TestCancelled holds that a call that is given up ends its trainings.
func TestCancelled(t *testing.T) {
	root := t.TempDir()
	leave(t, filepath.Join(root, ".nnvet/runs/7f3ac1"), meta)
	slow := filepath.Join(root, "slow")
	write(t, slow, "#!/bin/sh\ntrap 'touch \"$0\".ended; exit 130' INT\nwhile :; do sleep 0.05; done\n")
	if err := os.Chmod(slow, 0o700); err != nil {
		t.Fatal(err)
	}
	server, err := mcp.New(mcp.Options{Root: root, Nnvet: slow, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	here, there := sdk.NewInMemoryTransports()
	if _, err := server.Connect(t.Context(), there, nil); err != nil {
		t.Fatal(err)
	}
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test"}, nil).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if _, err := session.CallTool(ctx, &sdk.CallToolParams{Name: "prove", Arguments: map[string]any{}}); err == nil {
		t.Error("answered")
	}
	for range 100 {
		if _, err := os.Stat(slow + ".ended"); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the command goes on")
}
