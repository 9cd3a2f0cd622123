package regularization

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed dropout_misplaced.md
var dropoutMisplacedDoc string

// DropoutMisplaced finds dropout on the output, before batch normalization, or
// stronger than is usual.
var DropoutMisplaced = nnvet.Check{
	ID:       "NN0405",
	Name:     "dropout-misplaced",
	Pitfall:  nnvet.Regularization,
	Doc:      dropoutMisplacedDoc,
	Severity: nnvet.Warning,
	Needs:    []nnvet.Need{nnvet.NeedHead, nnvet.NeedParams},
	Limits: []nnvet.Limit{
		{Name: "strong", Default: 0.5, Source: "Srivastava et al. 2014: 0.5 is the strongest that is usual"},
		{Name: "severe", Default: 0.7, Source: "measured in the casebook's part to learn from: 0.8 or 0.9 cost 0.05 of skill or more in each of 18 tasks"},
		{Name: "apart", Default: 0.1, Source: "convention: a tenth of what can be learned is a large effect"},
	},
	Explains: []string{"NN0209", "NN0201"},
	AtEnd:    true,
	Run:      dropoutMisplaced,
}

func dropoutMisplaced(p *nnvet.Pass) {
	drops := droppers(p.Trace)
	if len(drops) == 0 && !onOutput(p.Trace) {
		p.Measured("no dropout")
		return
	}
	p.Measured("%s", board(drops, pull{}))
	found := onAnswer(p) || beforeNorm(p, drops)
	if !found && len(drops) > 0 && drops[0].p > p.Limit("strong") {
		tellStrong(p, drops[0])
	}
}

// onOutput reports whether a loss is given what dropout has left.
func onOutput(t *nnvet.Trace) bool {
	return slices.ContainsFunc(t.Heads, func(h nnvet.Head) bool { return dropped(&h) != nil })
}

// dropped returns the dropout between the last layer and the loss, or nil.
func dropped(h *nnvet.Head) *nnvet.Op {
	for i := range h.Chain {
		if h.Chain[i].Kind == "dropout" {
			return &h.Chain[i]
		}
	}
	return nil
}

// onAnswer reports dropout behind the last layer: what the network answers is
// then zero at random.
func onAnswer(p *nnvet.Pass) bool {
	found := false
	for i := range p.Trace.Heads {
		h := &p.Trace.Heads[i]
		op := dropped(h)
		if op == nil {
			continue
		}
		found = true
		f := nnvet.Finding{
			Confidence: 0.9,
			Site:       op.Layer,
			Source:     op.Source,
			Label:      "drops answers",
			Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
			Brief:      "on output",
			Message:    fmt.Sprintf("dropout is misplaced: it sets answers to zero at random, between the last layer and %s", h.Name),
			Evidence:   []nnvet.Evidence{{What: "dropout between the last layer and the loss", Saw: 1}},
			Treatments: []nnvet.Treatment{{Action: "take the dropout behind the last layer out; before it, it does what it is for"}},
		}
		if l := p.Trace.Layer(op.Layer); l != nil && op.Layer != "" {
			f.Treatments[0].Settings = []nnvet.Setting{{Name: "dropout", Site: op.Layer, From: fmt.Sprintf("%.2g", l.Settings["p"]), To: "0"}}
			f.Evidence[0] = nnvet.Evidence{What: "dropout between the last layer and the loss", Saw: l.Settings["p"]}
			if !f.Source.Known() {
				f.Source = l.Source
			}
		}
		if c := p.Trace.CallAt(f.Source); c != nil && c.Cut.Known() && p.Trace.OfFile() {
			f.Treatments[0].Edits = []nnvet.Edit{{At: c.Cut}}
		}
		p.Report(f)
	}
	return found
}

// beforeNorm reports dropout whose next normalization is a batch's: in
// evaluation what comes in varies less than what its averages were taken of.
func beforeNorm(p *nnvet.Pass, drops []dropper) bool {
	for _, d := range drops {
		norm := normBehind(p.Trace, d.layer)
		if norm == nil {
			continue
		}
		lost, known := apart(p.Trace)
		f := nnvet.Finding{
			Severity:   nnvet.Note,
			Confidence: 0.6,
			Site:       d.layer.Name,
			Source:     d.layer.Source,
			Label:      "changes the variance that " + norm.Name + " is used to",
			Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
			Brief:      "before norm",
			Message:    fmt.Sprintf("dropout is misplaced: %s, with %.2g, stands before batch normalization %s, whose averages hold for training alone", d.layer.Name, d.p, norm.Name),
			Evidence:   []nnvet.Evidence{{What: "dropout before batch normalization", Saw: d.p}},
			Treatments: []nnvet.Treatment{{Action: fmt.Sprintf("move the dropout %s behind the last batch normalization, or take it out: the normalization is noise enough for many networks", d.layer.Name),
				Settings: []nnvet.Setting{{Name: "dropout", Site: d.layer.Name, From: fmt.Sprintf("%.2g", d.p), To: "0"}}}},
		}
		if known && lost > p.Limit("apart") {
			f.Severity = nnvet.Warning
			f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill on training rows less that on validation rows", Saw: lost, Limit: "apart"})
			f.Message += fmt.Sprintf("; validation rows are worse by %.2f of skill", lost)
		}
		p.Report(f)
		return true
	}
	return false
}

// normBehind returns the batch normalization that follows within two layers,
// or nil.
func normBehind(t *nnvet.Trace, drop *nnvet.Layer) *nnvet.Layer {
	i := slices.IndexFunc(t.Layers, func(l nnvet.Layer) bool { return l.Name == drop.Name })
	seen := 0
	for j := i + 1; j < len(t.Layers) && seen < 3; j++ {
		l := &t.Layers[j]
		if !l.Leaf {
			continue
		}
		seen++
		if strings.HasPrefix(l.Kind, "BatchNorm") {
			return l
		}
		if strings.HasPrefix(l.Kind, "Dropout") {
			return nil
		}
	}
	return nil
}

// apart returns the skill on training rows less that on validation rows.
func apart(t *nnvet.Trace) (float64, bool) {
	train, err := t.Course(nnvet.Train)
	if err != nil {
		return 0, false
	}
	val, err := t.Course(nnvet.Validation)
	if err != nil {
		return 0, false
	}
	return train.Skill() - val.Skill(), true
}

func tellStrong(p *nnvet.Pass, d dropper) {
	severity, limit := nnvet.Note, "strong"
	if d.p >= p.Limit("severe") {
		severity, limit = nnvet.Warning, "severe"
	}
	p.Report(nnvet.Finding{
		Severity:   severity,
		Confidence: 0.6,
		Site:       d.layer.Name,
		Source:     d.layer.Source,
		Label:      fmt.Sprintf("sets %.0f %% to zero", 100*d.p),
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      fmt.Sprintf("dropout %.2g", d.p),
		Message:    fmt.Sprintf("dropout is stronger than usual: %s sets %.0f %% of its inputs to zero", d.layer.Name, 100*d.p),
		Evidence:   []nnvet.Evidence{{What: "share that is set to zero", Saw: d.p, Limit: limit}},
		Treatments: []nnvet.Treatment{{
			Action:   "take 0.1 or 0.25, and look whether the validation score falls",
			Settings: []nnvet.Setting{{Name: "dropout", Site: d.layer.Name, From: fmt.Sprintf("%.2g", d.p), To: "0.25"}},
		}},
	})
}
