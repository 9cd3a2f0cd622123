package gradients

import (
	_ "embed"
	"fmt"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/stat"
)

//go:embed saturated_units.md
var saturatedDoc string

// Saturated finds hidden tanh and sigmoid units that are in their flat ends,
// where hardly any gradient passes, in a network that learns little.
var Saturated = nnvet.Check{
	ID:       "NN0802",
	Name:     "saturated-units",
	Pitfall:  nnvet.Gradients,
	Doc:      saturatedDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.Saturated, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: []nnvet.Limit{
		{Name: "share", Default: 0.1, Source: "measured on small MLPs: 1 in 100 healthy runs is past 0.4 %, none past 2.3 %"},
		{Name: "most", Default: 0.5, Source: "measured in the casebook's part to learn from: of 17 tasks with hidden units that are mostly in their flat ends, 15 lost 0.05 of skill or more; in no healthy run was a layer past 0.12"},
		{Name: "fits", Default: 0.9, Source: "convention: where nine tenths are explained, it cost little"},
		{Name: "wide", Default: 2, Source: "the sums of a tanh with this standard deviation are past 3, where it is flat, on 13 % of rows"},
		nnvet.HealthySkill, nnvet.NoSkill,
	},
	Explains: []string{"NN0803", "NN0201"},
	Run:      saturated,
}

func saturated(p *nnvet.Pass) {
	var worst nnvet.Flatness
	past, judged := 0, 0
	for _, f := range p.Trace.Flat() {
		judged++
		if f.Share >= worst.Share {
			worst = f
		}
		if f.Share > p.Limit("share") {
			past++
		}
	}
	if judged == 0 {
		p.Skip("no hidden tanh or sigmoid was looked at")
		return
	}
	p.Measured("flat %.0f%%", 100*worst.Share)
	if past == 0 {
		return
	}
	c, ok, err := suffers(p)
	if err != nil {
		p.Skip("%.0f %% of the outputs of layer %s are in its flat ends, but %v", 100*worst.Share, worst.Layer.Name, err)
		return
	}
	limit := "skill"
	if !ok && worst.Share > p.Limit("most") {
		c, ok = unexplained(p, c)
		limit = "fits"
	}
	if ok {
		reportFlat(p, worst, past, c, limit)
	}
}

// unexplained returns the worse of the courses on training and validation rows,
// and whether it leaves more to explain than a network that works does. What
// stands behind flat layers still learns, from features that chance made.
func unexplained(p *nnvet.Pass, worse nnvet.Course) (nnvet.Course, bool) {
	if v, err := p.Trace.Course(nnvet.Validation); err == nil && v.Skill() < worse.Skill() {
		worse = v
	}
	return worse, worse.Scale.How != "" && worse.Skill() < p.Limit("fits")
}

func reportFlat(p *nnvet.Pass, worst nnvet.Flatness, past int, c nnvet.Course, limit string) {
	f := nnvet.Finding{
		Severity:   nnvet.Warning,
		Confidence: 0.6,
		Site:       worst.Layer.Name,
		Source:     worst.Layer.Source,
		Label:      fmt.Sprintf("%.0f %% of its outputs are flat", 100*worst.Share),
		Span:       worst.Span,
		Brief:      fmt.Sprintf("flat %.0f%%", 100*worst.Share),
		Message: fmt.Sprintf("units are saturated: %.0f %% of the outputs of layer %s (%s) are in its flat ends, where hardly any gradient passes",
			100*worst.Share, worst.Layer.Name, worst.Layer.Kind),
		Evidence: []nnvet.Evidence{{What: "saturated outputs", Saw: worst.Share, Key: worst.Key, Limit: "share", Lo: 0, Hi: 0.023}, c.Evidence(limit)},
	}
	if past > 1 {
		f.Message += fmt.Sprintf("; %d layers are past %.0f %%", past, 100*p.Limit("share"))
	}
	f.Message += "; " + c.Ended()
	if worst.Share > p.Limit("most") {
		f.Confidence, f.Evidence[0].Limit = 0.75, "most"
		if limit == "skill" && c.Skill() <= p.Limit("learned") {
			f.Severity = nnvet.Error
		}
	}
	f.Treatments = unsaturate(p, worst)
	p.Report(f)
}

// unsaturate says what makes the sums smaller: the inputs or the weights where
// they begin wide, the learning rate where they became so, and an activation
// without flat ends.
func unsaturate(p *nnvet.Pass, worst nnvet.Flatness) []nnvet.Treatment {
	t := p.Trace
	var out []nnvet.Treatment
	if r, ok := rescale(t); ok {
		out = append(out, r)
	}
	if s := worst.Stage; s != nil {
		wide := at0(t, nnvet.ActStd, s.Layer.Name)
		if r, ok := restart(t, s); ok {
			out = append(out, r)
		} else if wide > p.Limit("wide") && len(out) == 0 {
			l := lawOf(s)
			out = append(out, nnvet.Treatment{Action: fmt.Sprintf("bring what layer %s adds up from std %v to 1: weights of std %s = %v (%s), and inputs of mean 0 and std 1",
				s.Layer.Name, stat.Signif(wide, 2), l.written, stat.Signif(l.std, 3), t.Say(l.say))})
		}
	}
	if len(out) == 0 { // they began well
		out = append(out, lowerRate(t))
	}
	return append(out, nnvet.Treatment{
		Action: t.Say(nnvet.Words{
			Program: fmt.Sprintf("take an activation without flat ends in hidden layers: nn.ReLU() in place of nn.%s(), with kaiming_normal_", worst.Layer.Kind),
			File:    "take an activation without flat ends in hidden layers: relu, with init: he_normal",
		}),
		Settings: []nnvet.Setting{{Name: "activation", Site: worst.Layer.Name, From: worst.Layer.Kind, To: "relu"}},
	})
}
