package preprocessing

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/nnvet/nnvet"
)

//go:embed global_frame.md
var globalFrameDoc string

// GlobalFrame finds points in world coordinates, most of whose variance is
// where the whole stands and how it is turned.
var GlobalFrame = nnvet.Check{
	ID:       "NN0305",
	Name:     "global-frame",
	Pitfall:  nnvet.Preprocessing,
	Doc:      globalFrameDoc,
	Severity: nnvet.Warning,
	Presumed: true,
	Needs:    []nnvet.Need{needSurvey},
	Limits: withHarm(
		nnvet.Limit{Name: "moved", Default: 0.5, Source: "measured: 0.998 in world coordinates, 0.078 in local ones, 0.083 of unrelated columns"},
		nnvet.Limit{Name: "turned", Default: 0.5, Source: "measured: 0.665 in world coordinates, 0.128 in local ones, 0.156 of unrelated columns"},
		nnvet.Limit{Name: "points", Default: 3, Source: "of independent points the centroid has one part in as many of the variance: half of two points"},
		nnvet.Limit{Name: "gap", Default: 0.2, Source: "convention: twice a major loss of skill, as some is lost on new rows in any run"},
	),
	Explains: []string{"NN0315", "NN0310", "NN0401"},
	AtEnd:    true,
	Run: func(p *nnvet.Pass) {
		judged := false
		for i := range p.Trace.Surveys {
			s := &p.Trace.Surveys[i]
			for j := range s.Frames {
				fr := &s.Frames[j]
				if fr.Dim < 2 || float64(len(fr.Columns)/fr.Dim) < p.Limit("points") {
					continue
				}
				judged = true
				p.Measured("moved %s", board(fr.Translation))
				if fr.Translation > p.Limit("moved") || fr.Rotation > p.Limit("turned") {
					reportFrame(p, s, fr)
				}
			}
		}
		if !judged {
			p.Skip("no columns are known to be points in space: three or more of names that differ in x, y or z alone, or that were declared as a group")
		}
	},
}

func reportFrame(p *nnvet.Pass, s *nnvet.Survey, fr *nnvet.Frame) {
	f := found(p, s)
	f.Confidence = 0.7
	points := fmt.Sprintf("%d points in %d dimensions", len(fr.Columns)/fr.Dim, fr.Dim)
	if fr.Group != "" {
		points = fr.Group + ", " + points + ","
	}
	if fr.Translation > p.Limit("moved") {
		f.Brief = "moved " + board(fr.Translation)
		f.Message = fmt.Sprintf("%s are in a frame of the world: %s of their variance moves all points alike", points, percent(fr.Translation))
	} else {
		f.Brief = "turned " + board(fr.Rotation)
		f.Message = fmt.Sprintf("%s are in a frame of the world: %s of their variance about their centre turns all points alike", points, percent(fr.Rotation))
	}
	for _, e := range []nnvet.Evidence{
		{What: "share of the variance that the centre has", Saw: fr.Translation, Limit: "moved"},
		{What: "share of the rest that turning each row removes", Saw: fr.Rotation, Limit: "turned"},
	} {
		if !math.IsNaN(e.Saw) {
			f.Evidence = append(f.Evidence, e)
		}
	}
	h := harmTo(p, s, ceiling{math.NaN(), ""})
	h.add(p, &f, nnvet.Warning)
	if g := gap(p.Trace); f.Severity == nnvet.Note && g > p.Limit("gap") && !(s.Smooth.P > p.Limit("related")) {
		f.Severity, f.Confidence = nnvet.Warning, 0.6
		f.Message += fmt.Sprintf("; on new rows the network loses %.2f of its skill", g)
		f.Evidence = append(f.Evidence, nnvet.Evidence{What: "skill on training rows less that on validation rows", Saw: g, Limit: "gap"})
	}
	f.Treatments = local(p.Trace, fr)
	p.Report(f)
}

// local returns how to bring points into a frame of their own.
func local(t *nnvet.Trace, fr *nnvet.Frame) []nnvet.Treatment {
	j, d := len(fr.Columns)/fr.Dim, fr.Dim
	center := fmt.Sprintf("subtract a root that moves along, or the centre: q = x[:, %v].reshape(-1, %d, %d); q = q - q.mean(axis=1, keepdims=True)", commas(fr.Columns), j, d)
	heading := "; a = np.arctan2(q[:, 1, 1] - q[:, 0, 1], q[:, 1, 0] - q[:, 0, 0]), the heading of point 1 from point 0 in the first two dimensions; c, s = np.cos(a), np.sin(a); R = np.stack([np.stack([c, -s], -1), np.stack([s, c], -1)], -2); q[..., :2] = q[..., :2] @ R"
	return []nnvet.Treatment{
		{Action: t.Say(nnvet.Words{
			Program: center + heading + "; what the answer depends on of place and heading stays as columns of its own",
			File:    "write the points into the data in a frame of their own, less their centre and turned by their heading; data.transform works on single columns, and cannot do that",
		})},
		{Action: "give the targets the same frame where they are places or directions, and turn predictions back"},
	}
}

// commas lists columns as an index of an array takes them.
func commas(cols []int) string {
	out := "["
	for i, c := range cols {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprint(c)
	}
	return out + "]"
}
