package gradients

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed no_nonlinearity.md
var noNonlinearityDoc string

// NoNonlinearity finds layers with nothing but sums between them, which
// together are no more than one layer.
var NoNonlinearity = nnvet.Check{
	ID:       "NN0809",
	Name:     "no-nonlinearity",
	Pitfall:  nnvet.Gradients,
	Doc:      noNonlinearityDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs: []nnvet.Need{
		{What: "graph of the loss", Has: func(t *nnvet.Trace) bool { return len(t.Graph) > 0 }}, nnvet.NeedSeries(nnvet.Loss, nnvet.Train),
	},
	Limits: []nnvet.Limit{
		nnvet.HealthySkill, nnvet.NoSkill,
		{Name: "room", Default: 0.9, Source: "convention: what a linear model leaves beyond a tenth may be what layers with activations would learn; on smooth synthetic targets they gained 0.05 to 0.2 skill"},
		{Name: "neighbour", Default: 0.05, Source: "convention: so much more error than a copy of the nearest row's answer makes shows that more could be learned"},
	},
	Explains: []string{"NN0201"},
	Run:      noNonlinearity,
}

// A chain is two stages with nothing between them that bends.
type chain struct{ before, after nnvet.Stage }

func noNonlinearity(p *nnvet.Pass) {
	t := p.Trace
	chains, all, bends := linearChains(t)
	p.Measured("%d of %d", len(chains), max(all-1, 0))
	if len(chains) == 0 {
		return
	}
	c, suffer, err := suffers(p)
	if err != nil {
		p.Skip("layers %s and %s have nothing between them, but %v", chains[0].before.Layer.Name, chains[0].after.Layer.Name, err)
		return
	}
	pair := chains[0]
	f := nnvet.Finding{
		Severity:   nnvet.Note,
		Confidence: 0.9,
		Site:       pair.after.Layer.Name,
		Source:     pair.after.Layer.Source,
		Label:      "takes sums of sums",
		Span:       nnvet.Span{To: max(t.Run.Steps-1, 0)},
		Brief:      fmt.Sprintf("%d linear", len(chains)+1),
		Message: fmt.Sprintf("layers %s and %s have no activation between them, so that together they are one layer of %d by %d weights",
			pair.before.Layer.Name, pair.after.Layer.Name, pair.after.Units(), pair.before.FanIn),
		Evidence: []nnvet.Evidence{{What: "pairs of layers without an activation between them", Saw: float64(len(chains))}},
	}
	if len(chains) > 1 {
		f.Message += fmt.Sprintf("; %d pairs are so", len(chains))
	}
	if !bends {
		f.Message += "; the whole network is a linear model"
	}
	worse, harm := belowNeighbours(t, c)
	switch skill := c.Skill(); {
	case suffer:
		f.Severity = nnvet.Warning
		f.Message += "; " + c.Ended()
		f.Evidence = append(f.Evidence, c.Evidence("skill"))
		if !bends && skill <= p.Limit("learned") {
			f.Severity = nnvet.Error
		}
	case !bends && worse > p.Limit("neighbour"):
		f.Severity = nnvet.Warning
		f.Message += "; " + harm
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "error beyond that of copying the nearest row's answer, as a share of a constant's", Saw: worse, Limit: "neighbour"})
	case !bends && skill < p.Limit("room"):
		f.Severity, f.Confidence = nnvet.Warning, 0.6
		f.Message += "; " + c.Ended()
		f.Evidence = append(f.Evidence, c.Evidence("room"))
	default:
		f.Message += "; the network has learned all the same"
	}
	if bends && f.Severity == nnvet.Warning { // the rest of the network can do it
		f.Confidence = 0.6
	}
	f.Treatments = []nnvet.Treatment{bend(t, chains)}
	p.Report(f)
}

// bend returns the treatment that puts activations between.
func bend(t *nnvet.Trace, chains []chain) nnvet.Treatment {
	first := &chains[0].before
	l := heFor(first)
	std := fmt.Sprintf("%.3g", l.std)
	out := nnvet.Treatment{Action: t.Say(nnvet.Words{
		Program: fmt.Sprintf("put nn.ReLU() behind layer %s, with he's start, std %s = %s: %s", first.Layer.Name, l.written, std, l.say.Program),
		File:    fmt.Sprintf("put relu behind layer %s; %s, std %s = %s, is then its start", first.Layer.Name, l.say.File, l.written, std),
	})}
	if len(chains) > 1 {
		out.Action += "; and behind each of the other hidden layers"
	}
	for _, c := range chains {
		out.Settings = append(out.Settings, nnvet.Setting{Name: "activation", Site: c.before.Layer.Name, From: "none", To: "relu"})
	}
	return out
}

// straight are the operations that pass sums on as they are, or shift and
// weigh them alike.
var straight = []string{"reshape", "select", "dropout", "add", "sub", "neg", "mean", "sum", "cat", "avgpool2d", "avgpool1d", "adaptiveavgpool2d", "nativedropout"}

// linearChains returns the pairs of stages between which nothing bends, how
// many stages there are, and whether anything bends elsewhere. Pairs are left
// out whose middle is narrower than both ends (a factorization, as in LoRA,
// which saves weights) and convolutions in groups (which are made to be
// followed by another).
func linearChains(t *nnvet.Trace) (chains []chain, all int, bends bool) {
	stages := t.Stages()
	own := make(map[int]*nnvet.Stage) // the operation that takes each stage's weight
	for i := range stages {
		if op := operationOf(t.Graph, stages[i].Weight.Name); op >= 0 {
			own[op] = &stages[i]
		}
	}
	masks := slices.ContainsFunc(t.Layers, func(l nnvet.Layer) bool { return strings.HasPrefix(l.Kind, "Dropout") })
	for i := range t.Graph {
		after := own[i]
		if after == nil {
			continue
		}
		before, plain := stageBefore(t.Graph, i, own, masks)
		bends = bends || !plain
		if before != nil && !narrow(*before, *after) && !grouped(*before) && !grouped(*after) {
			chains = append(chains, chain{*before, *after})
		}
	}
	slices.Reverse(chains) // the graph begins at the loss
	return chains, len(stages), bends
}

func narrow(before, after nnvet.Stage) bool {
	return before.Units() < before.FanIn && before.Units() < after.Units()
}

func grouped(s nnvet.Stage) bool { return s.Layer.Settings["groups"] > 1 }

// operationOf returns the operation that takes a parameter, directly or behind
// a transpose, or -1.
func operationOf(g []nnvet.Node, param string) int {
	for i, n := range g {
		if n.Kind != "linear" && n.Kind != "conv" {
			continue
		}
		for _, j := range n.Inputs {
			if g[j].Param == param || g[j].Kind == "reshape" && len(g[j].Inputs) == 1 && g[g[j].Inputs[0]].Param == param {
				return i
			}
		}
	}
	return -1
}

// stageBefore returns the stage whose sums an operation is given as they are,
// nil where there is none, and whether it is sums of the data itself that it is
// given otherwise. An addition of several branches may add a residual, which is
// made to pass sums on: it counts as more.
func stageBefore(g []nnvet.Node, at int, own map[int]*nnvet.Stage, masks bool) (before *nnvet.Stage, plain bool) {
	for range len(g) { // at most once through the graph
		data := slices.DeleteFunc(slices.Clone(g[at].Inputs), func(j int) bool { return isParam(g, j) })
		if len(data) != 1 {
			return nil, len(data) == 0
		}
		at = data[0]
		if s := own[at]; s != nil {
			return s, true
		}
		if op := g[at].Kind; !slices.Contains(straight, op) && !(masks && (op == "mul" || op == "div")) {
			return nil, false
		}
	}
	return nil, false
}

// isParam reports whether a node is a parameter, as it is or transposed.
func isParam(g []nnvet.Node, i int) bool {
	return g[i].Kind == "leaf" || g[i].Kind == "reshape" && len(g[i].Inputs) == 1 && g[g[i].Inputs[0]].Kind == "leaf"
}

// belowNeighbours returns by how much more a network errs on its training rows
// than a copy of the nearest other row's answer would, as a share of what a
// constant errs; NaN where that is not known. It can do so only where more can
// be learned than it can express.
func belowNeighbours(t *nnvet.Trace, c nnvet.Course) (worse float64, says string) {
	h, err := t.MainHead()
	if err != nil {
		return math.NaN(), ""
	}
	i := slices.IndexFunc(t.Surveys, func(s nnvet.Survey) bool { return s.Head == h.Name })
	if i < 0 {
		return math.NaN(), ""
	}
	smooth := t.Surveys[i].Smooth
	if h.Loss == nnvet.MSE && c.Scale.How != "" {
		copied := 2 * smooth.Ratio // of the variance: two draws of the noise differ by twice its variance
		return 1 - c.Skill() - copied, fmt.Sprintf("its squared error is %.0f %% of a constant's, where a copy of the nearest row's answer has %.0f %%", 100*(1-c.Skill()), 100*copied)
	}
	y := t.ProfileOf(nnvet.Target, nnvet.Train, h.Name)
	seen := t.Predicted(nnvet.Train, h.Name)
	if y == nil || seen == nil || y.ClassCount() == 0 {
		return math.NaN(), ""
	}
	chance := 1.0 // that two rows are of different classes
	for _, n := range y.Classes {
		share := float64(n) / float64(y.ClassCount())
		chance -= share * share
	}
	wrong := 1 - seen.Accuracy()
	return (wrong - smooth.Ratio*chance) / chance, fmt.Sprintf("it is wrong on %.0f %% of the rows, where a copy of the nearest row's answer is on %.0f %%", 100*wrong, 100*smooth.Ratio*chance)
}
