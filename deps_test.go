package nnvet_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/nnvet/nnvet"

// tiers states who may import whom: a package may import those of earlier
// lines and none of its own. It is policy; discuss before widening it.
var tiers = [][]string{
	{"internal/stat", "internal/near", "internal/plural", "internal/engine/kernel", "probe", "docs"},
	{""},
	{"checks/normalization", "checks/results", "checks/preprocessing", "checks/regularization", "checks/batchsize", "checks/learningrate",
		"checks/finalactivation", "checks/gradients", "checks/initialization", "checks/depth", "checks/hiddenunits", "internal/report/picture"},
	{"checks", "internal/tracefile", "internal/survey", "internal/report", "internal/dataset"},
	{"internal/page", "internal/store", "internal/config", "internal/prepare", "internal/recipe", "internal/engine", "vettest"},
	{"internal/page/serve", "internal/mcp", "internal/engine/record", "internal/trial", "internal/treat", "internal/engine/save", "internal/experiment"},
	{"internal/subject", "internal/edit"},
	{"internal/trial/script"},
	{"internal/prove"},
	{"internal/casebook", "internal/twin"},
	{"cmd/nnvet", "cmd/nnvet-casebook", "casebook/torch", "examples", "notebook", "internal/page/browser", "bench/engine/nnvet", "bench/page"},
}

// pure lists the packages that touch nothing outside the process, by prefix,
// and impure what they must not import.
var (
	pure   = []string{"", "internal/stat", "internal/survey", "internal/report/picture", "checks"}
	impure = []string{"os", "net", "net/http", "time", "log", "log/slog", "os/exec", "io/fs", "math/rand", "math/rand/v2"}
)

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	tier := make(map[string]int)
	for i, packages := range tiers {
		for _, p := range packages {
			tier[strings.TrimSuffix(module+"/"+p, "/")] = i
		}
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg, imports := fields[0], fields[1:]
		mine, ok := tier[pkg]
		if !ok {
			t.Errorf("%s is in no tier: add it to one", pkg)
			continue
		}
		for _, imported := range imports {
			if theirs, ours := tier[imported]; ours && theirs >= mine {
				t.Errorf("%s imports %s, which is not below it", pkg, imported)
			}
			if isPure(pkg) && slices.Contains(impure, imported) {
				t.Errorf("%s imports %s: it must stay pure", pkg, imported)
			}
		}
	}
}

func isPure(pkg string) bool {
	rel := strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
	return slices.ContainsFunc(pure, func(p string) bool { return rel == p || p != "" && strings.HasPrefix(rel, p+"/") })
}
