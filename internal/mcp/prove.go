package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/nnvet/nnvet/internal/store"
)

// The time that a proof takes by itself, and at most: agents and their hosts do
// not wait for hours. What is not done goes on with the next call.
const (
	usualBudget = 5 * time.Minute
	mostBudget  = time.Hour
)

// A Proof is a call that proves a run.
type Proof struct {
	Of
	Only   []string `json:"only,omitempty" jsonschema:"treat the findings of these checks alone"`
	Budget string   `json:"budget,omitempty" jsonschema:"the most time to spend, as 10m; 5m without, 1h at most"`
}

// errBusy refuses what would train beside another training, or write into it.
var errBusy = errors.New("another proof or fix is under way here: wait for it")

func (s *server) prove(ctx context.Context, _ *sdk.CallToolRequest, in Proof) (*sdk.CallToolResult, any, error) {
	budget, err := in.budget()
	if err != nil {
		return nil, nil, err
	}
	run, err := s.find(in.Run)
	if err != nil {
		return nil, nil, err
	}
	if !s.one.TryLock() {
		return nil, nil, errBusy
	}
	defer s.one.Unlock()
	args := []string{"prove", "--format", "agent", "--budget", budget.String()}
	for _, check := range in.Only {
		args = append(args, "--only", check)
	}
	a, err := s.run(ctx, "proof.json", append(args, "--", run.Dir)...)
	if err != nil {
		return nil, nil, err
	}
	return text(a.out), json.RawMessage(a.file), nil
}

func (p Proof) budget() (time.Duration, error) {
	if p.Budget == "" {
		return usualBudget, nil
	}
	d, err := time.ParseDuration(p.Budget)
	if err != nil || d <= 0 || d > mostBudget {
		return 0, fmt.Errorf("budget %.40q: it is a time as 10m, of %s at most", p.Budget, mostBudget)
	}
	return d, nil
}

// A Fix is a call that shows or makes what was proven.
type Fix struct {
	Of
	Write bool `json:"write,omitempty" jsonschema:"make the change; without, it is only shown"`
}

// A Change is what a fix comes to.
type Change struct {
	Run     string `json:"run"`
	Written bool   `json:"written"`
	Diff    string `json:"diff"`             // as git apply and patch read it
	Said    string `json:"said,omitempty"`   // what is to be done by hand
	Result  string `json:"result,omitempty"` // of the changed program, run once more
}

func (s *server) fix(ctx context.Context, _ *sdk.CallToolRequest, in Fix) (*sdk.CallToolResult, *Change, error) {
	run, err := s.find(in.Run)
	if err != nil {
		return nil, nil, err
	}
	shown, err := s.run(ctx, "", "fix", "--diff", "--", run.Dir)
	if err != nil {
		return nil, nil, err
	}
	c := &Change{Run: run.Meta.ID, Diff: shown.out, Said: shown.said}
	if in.Write {
		if err := s.write(ctx, run, c); err != nil {
			return nil, nil, err
		}
	}
	return text(c.String()), c, nil
}

func (s *server) write(ctx context.Context, run *store.Run, c *Change) error {
	if !s.one.TryLock() {
		return errBusy
	}
	defer s.one.Unlock()
	a, err := s.run(ctx, "", "fix", "--write", "--", run.Dir)
	if err != nil {
		if strings.Contains(a.out, "changed ") { // the files were, and what came after failed
			return fmt.Errorf("%s\n%w", strings.TrimSpace(a.out), err)
		}
		return err
	}
	c.Written, c.Result = true, a.out
	return nil
}

// String returns the change as text.
func (c *Change) String() string {
	what := "not written; call again with write to make it"
	if c.Written {
		what = "written\n" + c.Result
	}
	return fmt.Sprintf("run %s: %s\n%s%s", c.Run, strings.TrimSpace(what), c.Diff, c.Said)
}
