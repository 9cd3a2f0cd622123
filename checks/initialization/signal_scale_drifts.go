package initialization

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed signal_scale_drifts.md
var signalDriftsDoc string

// SignalDrifts finds networks whose signal grows or fades from layer to layer
// before any training.
var SignalDrifts = nnvet.Check{
	ID:       "NN0902",
	Name:     "signal-scale-drifts",
	Pitfall:  nnvet.Initialization,
	Doc:      signalDriftsDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{nnvet.NeedSeries(nnvet.ActStd, ""), nnvet.NeedSeries(nnvet.Loss, nnvet.Train)},
	Limits: harmLimits(
		nnvet.Limit{Name: "grows", Default: 0.35, Source: "measured on small MLPs: healthy ones change by -0.65 to 0.01 decades a layer"},
		nnvet.Limit{Name: "fades", Default: -0.9, Source: "measured on small MLPs: healthy ones change by -0.65 to 0.01 decades a layer"},
		nnvet.Limit{Name: "total", Default: 4, Source: "measured on small MLPs: networks that drift by more than 4 decades in all lose 0.2 skill or more"},
	),
	Explains: []string{"NN0903", "NN0601", "NN0602", "NN0603", "NN0801", "NN0802", "NN0803", "NN0804", "NN0805", "NN0904", "NN0201"},
	Run:      signalDrifts,
}

func signalDrifts(p *nnvet.Pass) {
	ps := passage(p.Trace, nnvet.ActStd, func(*nnvet.Stage) float64 { return 1 })
	if len(ps) < 2 {
		p.Skip("it takes two hidden layers whose outputs were recorded at step 0")
		return
	}
	if normed(ps) {
		p.Measured("norm")
		return
	}
	by := slope(ps)
	total := ps[len(ps)-1].log - ps[0].log
	p.Measured("%sx", decades(by))
	e := nnvet.Evidence{What: "change of the outputs' std from layer to layer", Saw: by, Unit: "decades", Key: nnvet.Key{Quantity: nnvet.ActStd}, Lo: -0.65, Hi: 0.01}
	switch {
	case by > p.Limit("grows"):
		e.Limit = "grows"
	case by < p.Limit("fades"):
		e.Limit = "fades"
	case math.Abs(total) > p.Limit("total"):
		e = nnvet.Evidence{What: "change of the outputs' std from the first hidden layer to the last, either way", Saw: math.Abs(total), Unit: "decades", Key: e.Key, Limit: "total"}
	default:
		return
	}
	h, err := harmOf(p, by > 0)
	if err != nil {
		p.Skip("the signal changes %s-fold a layer, but %v", decades(by), err)
		return
	}
	if h.trained {
		return
	}
	how := "fades"
	if total > 0 {
		how = "grows"
	}
	at, last := ps[0], ps[len(ps)-1]
	p.Report(nnvet.Finding{
		Severity:   h.severity,
		Confidence: 0.75,
		Site:       last.Layer.Name,
		Source:     at.Layer.Source,
		Label:      "the signal " + how + " from here",
		Brief:      decades(by) + "x",
		Message: fmt.Sprintf("the signal %s through the layers: the std of the outputs is %s at layer %s and %s at layer %s, %s times a layer; %s",
			how, figure(math.Pow(10, at.log)), at.Layer.Name, figure(math.Pow(10, last.log)), last.Layer.Name, decades(by), h.says),
		Evidence:   []nnvet.Evidence{e, h.evidence},
		Treatments: steady(p.Trace, by),
	})
}
