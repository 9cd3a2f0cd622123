package batchsize

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/nnvet/nnvet"
)

//go:embed resolution_counts.md
var resolutionDoc string

// ResolutionCounts tells that a convolution averages over places as over rows.
// It is information and no more.
var ResolutionCounts = nnvet.Check{
	ID:       "NN0504",
	Name:     "resolution-counts",
	Pitfall:  nnvet.BatchSize,
	Doc:      resolutionDoc,
	Severity: nnvet.Note,
	Needs:    []nnvet.Need{nnvet.NeedProfile(nnvet.Input), nnvet.NeedSeries(nnvet.BatchRows, "")},
	Limits: []nnvet.Limit{
		{Name: "places", Default: 4096, Source: "convention: images of 64 by 64"},
		{Name: "rows", Default: 32, Source: "convention: what is often taken for a small batch"},
	},
	Run: resolutionCounts,
}

func resolutionCounts(p *nnvet.Pass) {
	x := p.Trace.Profile(nnvet.Input, nnvet.Train)
	conv := convolution(p.Trace)
	if x.Layout != "channels" || conv == nil || len(x.Shape) < 4 {
		p.Measured("no images")
		return
	}
	places := 1.0
	for _, extent := range x.Shape[2:] {
		places *= float64(extent)
	}
	rows := p.Trace.Batch()
	if p.Trace.OfFile() { // height and width come before the channels
		places = float64(x.Shape[1]) * float64(x.Shape[2])
	}
	p.Measured("%.0f px", places)
	if places < p.Limit("places") || !(rows >= p.Limit("rows")) {
		return
	}
	p.Report(nnvet.Finding{
		Confidence: 0.5,
		Site:       conv.Name,
		Source:     conv.Source,
		Label:      fmt.Sprintf("averages over %.0f places a row", places),
		Span:       nnvet.Span{To: max(p.Trace.Run.Steps-1, 0)},
		Brief:      fmt.Sprintf("%.0f px", places),
		Message:    fmt.Sprintf("resolution counts as batch: %s rows of %.0f places each go into one update of layer %s, so twice the height and width average as four times the batch", number(rows), places, conv.Name),
		Evidence: []nnvet.Evidence{
			{What: "places of a row", Saw: places, Limit: "places"},
			{What: "rows of a batch", Saw: rows, Limit: "rows"},
		},
		Treatments: []nnvet.Treatment{{Action: fmt.Sprintf("try %s rows a batch, or half the height and width, where validation is worse than training", number(rows/4))}},
	})
}

func convolution(t *nnvet.Trace) *nnvet.Layer {
	for i := range t.Layers {
		if strings.HasPrefix(t.Layers[i].Kind, "Conv2d") {
			return &t.Layers[i]
		}
	}
	return nil
}
