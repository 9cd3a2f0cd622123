// Command bundle makes the script and the style of the page from their sources,
// with esbuild as a library: no Node is needed. Run it after a change of
// internal/page/ui, and commit what it writes:
//
//	cd tools/bundle && go run .
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const page = "../../internal/page"

func main() {
	if err := bundle(page); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

// bundle writes dist/app.js, dist/app.css, and dist/sources.sum, which a test of
// the page holds against the sources.
func bundle(page string) error {
	ui, dist := filepath.Join(page, "ui"), filepath.Join(page, "dist")
	r := api.Build(api.BuildOptions{
		EntryPoints:       []string{filepath.Join(ui, "app.ts"), filepath.Join(ui, "app.css")},
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		Target:            api.ES2022,
		Format:            api.FormatIIFE, // a module's script would wait for the whole page
		LegalComments:     api.LegalCommentsInline,
		Outdir:            dist,
		Write:             true,
		LogLevel:          api.LogLevelWarning,
	})
	if len(r.Errors) > 0 {
		return errors.New("nothing was written")
	}
	sum, err := sourcesSum(ui)
	if err != nil {
		return err
	}
	for _, f := range r.OutputFiles {
		fmt.Printf("%s: %d bytes\n", filepath.Base(f.Path), len(f.Contents))
	}
	return os.WriteFile(filepath.Join(dist, "sources.sum"), []byte(sum+"\n"), 0o666)
}

// sourcesSum returns the SHA-256 of all that is bundled: each file's path,
// length and text, in order of paths.
func sourcesSum(ui string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(ui, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !bundled(path) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(ui, path)
		fmt.Fprintf(h, "%s %d\n%s", filepath.ToSlash(rel), len(text), text)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

func bundled(path string) bool {
	return strings.HasSuffix(path, ".ts") && !strings.HasSuffix(path, ".d.ts") || strings.HasSuffix(path, ".js") || strings.HasSuffix(path, ".css")
}
