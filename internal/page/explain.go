package page

import (
	"html/template"
	"strings"

	"github.com/nnvet/nnvet"
)

// told lists the sections of a check's page that stand on ours: what a finding
// means, and when not to believe it. `nnvet explain` has the rest.
var told = []string{"What it means", "When it is wrong"}

// explained returns those sections as HTML.
func explained(c *nnvet.Check) template.HTML {
	var b strings.Builder
	for _, title := range told {
		if text := section(c.Doc, title); text != "" {
			b.WriteString("<h4>" + template.HTMLEscapeString(title) + "</h4>\n" + markdown(text))
		}
	}
	return template.HTML(b.String()) // markdown escapes
}

// section returns the text below a heading.
func section(doc, title string) string {
	_, text, _ := strings.Cut(doc, "\n## "+title+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	return strings.TrimSpace(text)
}

// markdown lays out what checks' pages are written in: paragraphs, lists, code
// and emphasis. Whatever else there is stays as it is written.
func markdown(text string) string {
	var b strings.Builder
	for _, block := range strings.Split(text, "\n\n") {
		switch {
		case strings.TrimSpace(block) == "":
		case isCode(block):
			b.WriteString("<pre tabindex=\"0\">" + template.HTMLEscapeString(dedent(block)) + "</pre>\n")
		default:
			prose(&b, block)
		}
	}
	return b.String()
}

func isCode(block string) bool {
	return strings.HasPrefix(block, "```") || strings.HasPrefix(block, "    ")
}

func dedent(block string) string {
	var lines []string
	for _, line := range strings.Split(block, "\n") {
		if !strings.HasPrefix(line, "```") {
			lines = append(lines, strings.TrimPrefix(line, "    "))
		}
	}
	return strings.Join(lines, "\n")
}

// prose writes a block of lines: those that begin with a hyphen as a list.
func prose(b *strings.Builder, block string) {
	open, list := "", false
	end := func() {
		switch {
		case open == "":
		case list:
			b.WriteString("<li>" + inline(open) + "</li>\n")
		default:
			b.WriteString("<p>" + inline(open) + "</p>\n")
		}
		open = ""
	}
	for _, line := range strings.Split(block, "\n") {
		item, isItem := strings.CutPrefix(line, "- ")
		if isItem {
			end()
			if !list {
				b.WriteString("<ul>\n")
			}
			list = true
		}
		open = strings.TrimSpace(open + " " + strings.TrimSpace(item))
	}
	end()
	if list {
		b.WriteString("</ul>\n")
	}
}

// inline escapes a line and marks what stands between backticks as code.
func inline(text string) string {
	parts := strings.Split(text, "`")
	var b strings.Builder
	for i, part := range parts {
		part = template.HTMLEscapeString(part)
		switch {
		case i%2 == 1 && i+1 < len(parts):
			b.WriteString("<code>" + part + "</code>")
		case i%2 == 1:
			b.WriteString("`" + part)
		default:
			b.WriteString(strong(part))
		}
	}
	return b.String()
}

func strong(text string) string {
	parts := strings.Split(text, "**")
	if len(parts)%2 == 0 {
		return text
	}
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			part = "<strong>" + part + "</strong>"
		}
		b.WriteString(part)
	}
	return b.String()
}
