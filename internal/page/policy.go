package page

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"strings"

	"github.com/nnvet/nnvet/internal/report"
	"github.com/nnvet/nnvet/internal/report/picture"
)

// Policy returns the Content-Security-Policy of a live page: nothing but its
// one script, its styles, its own stream of events and its own forms.
func Policy() string { return policy("'self'", "'self'") + "; frame-ancestors 'none'" }

// policy returns the same for pages that connect to something else, as 'none'.
// Who may frame a page, an element in it cannot say.
func policy(connect, form string) string {
	return "default-src 'none'; script-src " + hashOf(script) + "; style-src " + hashOf(style) + " " + hashOf(picture.CSS()) +
		"; img-src data:; connect-src " + connect + "; base-uri 'none'; form-action " + form
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// functions are what templates can call. The texts of script and styles are
// ours, and stand on the page byte for byte, since their hashes are in the policy.
var functions = template.FuncMap{
	"script":        func() template.JS { return template.JS(script) },
	"style":         func() template.CSS { return template.CSS(style) },
	"pictures":      func() template.CSS { return template.CSS(picture.CSS()) },
	"notebookstyle": func() template.CSS { return template.CSS(notebookStyle) },
	"clean":         report.Clean,
	"num":           report.Num,
	"gain":          report.Gain,
	"gains":         report.Gains,
	"plus":          func(a, b int) int { return a + b },
	"slug":          func(verdict string) string { return strings.ReplaceAll(verdict, " ", "-") },
	"patch":         patchLines,
	"previous":      previous,
}
