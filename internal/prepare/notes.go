package prepare

import (
	"fmt"
	"strings"

	"github.com/nnvet/nnvet/internal/plural"
)

// notes collects what was decided, in sentences. What happens to many columns
// is said once for all of them.
type notes struct {
	said   []sentence
	groups map[[2]string]int // by thing and what: the place in said
}

// A sentence reads "column a: what" or "3 columns (a, b, c): what".
type sentence struct {
	thing, what string
	names       []string
}

func (n *notes) say(format string, args ...any) {
	n.said = append(n.said, sentence{what: fmt.Sprintf(format, args...)})
}

// group says something of a thing, in the sentence of all of which the same is said.
func (n *notes) group(thing, name, what string) {
	if n.groups == nil {
		n.groups = make(map[[2]string]int)
	}
	key := [2]string{thing, what}
	i, ok := n.groups[key]
	if !ok {
		i = len(n.said)
		n.groups[key] = i
		n.said = append(n.said, sentence{thing: thing, what: what})
	}
	n.said[i].names = append(n.said[i].names, name)
}

func (n *notes) sentences() []string {
	out := make([]string, len(n.said))
	for i, s := range n.said {
		out[i] = s.String()
	}
	return out
}

func (s sentence) String() string {
	switch len(s.names) {
	case 0:
		return s.what
	case 1:
		return fmt.Sprintf("%s %s: %s", s.thing, s.names[0], s.what)
	}
	return fmt.Sprintf("%s (%s): %s", plural.Of(len(s.names), s.thing), among(s.names), s.what)
}

// among lists names for a sentence, the first ten of them.
func among(names []string) string {
	const listed = 10
	if len(names) > listed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:listed], ", "), len(names)-listed)
	}
	return strings.Join(names, ", ")
}
