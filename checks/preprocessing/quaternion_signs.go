package preprocessing

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed quaternion_signs.md
var quaternionSignsDoc string

// QuaternionSigns finds rotations that are written as two opposite points.
var QuaternionSigns = nnvet.Check{
	ID:       "NN0307",
	Name:     "quaternion-signs",
	Pitfall:  nnvet.Preprocessing,
	Doc:      quaternionSignsDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{needSurvey},
	Limits: withHarm(
		nnvet.Limit{Name: "flips", Default: 0.01, Source: "convention: of continuous motion in one hemisphere no neighbours are opposite"},
	),
	Explains: []string{"NN0315"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			if !counted(s) {
				p.Short(notCounted)
			}
			for _, q := range s.Quaternions {
				p.Measured("flips %s", board(q.Flips))
				if q.Flips > p.Limit("flips") {
					reportFlips(p, s, q)
				}
			}
		}
	},
}

func reportFlips(p *nnvet.Pass, s *nnvet.Survey, q nnvet.Quaternion) {
	f := found(p, s)
	f.Confidence = 0.7
	f.Brief = "flips " + board(q.Flips)
	f.Message = fmt.Sprintf("columns %d to %d are quaternions, and %s of the rows have nearly the opposite sign of the row most like them: q and -q are the same rotation",
		q.Column, q.Column+3, percent(q.Flips))
	f.Evidence = []nnvet.Evidence{{What: "share of rows of the opposite sign", Saw: q.Flips, Limit: "flips"}}
	harmTo(p, s, ceiling{math.NaN(), ""}).add(p, &f, nnvet.Warning)
	f.Treatments = []nnvet.Treatment{
		{Action: p.Trace.Say(nnvet.Words{
			Program: fmt.Sprintf("turn all to one hemisphere: q = x[:, %d:%d]; q *= np.where(q @ q_mean < 0, -1, 1)[:, None], where q_mean is one row of the training set; in a sequence, against the row before", q.Column, q.Column+4),
			File:    fmt.Sprintf("turn all to one hemisphere in the data: change the sign of columns %d to %d in rows where their product with a fixed row is below 0; data.transform works on single columns, and cannot do that", q.Column, q.Column+3),
		})},
		{Action: "or give the first two columns of the rotation matrix, six numbers, which have no such seam anywhere"},
	}
	p.Report(f)
}
