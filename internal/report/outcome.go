package report

import (
	"encoding/json"
	"math"
)

// An Outcome is what a training on the embedded engine reached: the score
// that the data allows, which is a yardstick for the user's own network. Runs
// of somebody's command have none.
type Outcome struct {
	Headline string // one sentence with the score, no period
	Facts    []Fact // what was decided, and what was left behind
	Scores   []Score
}

// A Fact is a line of the outcome: "data", "20640 rows, 8 inputs".
type Fact struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Detail bool   `json:"detail"` // shown only in reports with all their parts
}

// A Score is one figure of merit on rows that were not trained on.
type Score struct {
	Name     string // "accuracy", "balanced_accuracy", "r2", "rmse", "mae"
	Split    string // "val" or "test"
	Rows     int
	Value    float64   // of the seed that the rest of the report is about; rmse and mae in the target's units
	Baseline float64   // of the best constant
	Seeds    []float64 // of every seed that was trained; NaN of one that failed
}

// facts shows the lines of the outcome, with or without its details. A name
// that several lines share stands once.
func (p *page) facts(o *Outcome, detailed bool) {
	if o == nil {
		return
	}
	above := ""
	for _, f := range o.Facts {
		if f.Detail && !detailed {
			continue
		}
		name := f.Name
		if name == above {
			name = ""
		}
		above = f.Name
		p.wrap(11, span{dim, " " + pad(name, 9) + " "}, span{plain, f.Text})
	}
}

// reached is the headline for the middle of a sentence: "accuracy 97 %; ".
func (v *view) reached() string {
	if v.Outcome == nil {
		return ""
	}
	return v.Outcome.Headline + "; "
}

// outcome tells what was reached: the yardstick, so it comes before the curves.
func (a *agent) outcome(o *Outcome) {
	if o == nil {
		return
	}
	a.printf("outcome: %s", clean(o.Headline))
	for _, s := range o.Scores {
		a.printf("score %s split=%s value=%s baseline=%s rows=%d seeds=%d", word(s.Name), word(s.Split), num(s.Value), num(s.Baseline), s.Rows, len(s.Seeds))
	}
	for _, f := range o.Facts {
		a.printf("fact %s: %s", word(f.Name), clean(f.Text))
	}
}

// An outcomeDoc is an [Outcome] in JSON, where figures that are not finite are null.
type outcomeDoc struct {
	Headline string     `json:"headline"`
	Facts    []Fact     `json:"facts"`
	Scores   []scoreDoc `json:"scores"`
}

type scoreDoc struct {
	Name     string     `json:"name"`
	Split    string     `json:"split"`
	Rows     int        `json:"rows"`
	Value    *float64   `json:"value"`
	Baseline *float64   `json:"baseline"`
	Seeds    []*float64 `json:"seeds"`
}

func (o *Outcome) doc() *outcomeDoc {
	if o == nil {
		return nil
	}
	d := &outcomeDoc{o.Headline, list(o.Facts), []scoreDoc{}}
	for _, s := range o.Scores {
		doc := scoreDoc{s.Name, s.Split, s.Rows, number(s.Value), number(s.Baseline), []*float64{}}
		for _, v := range s.Seeds {
			doc.Seeds = append(doc.Seeds, number(v))
		}
		d.Scores = append(d.Scores, doc)
	}
	return d
}

// MarshalJSON writes the outcome as diagnoses have it.
func (o Outcome) MarshalJSON() ([]byte, error) { return json.Marshal(o.doc()) }

// UnmarshalJSON reads it, with NaN for null.
func (o *Outcome) UnmarshalJSON(text []byte) error {
	var d outcomeDoc
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	*o = Outcome{Headline: d.Headline, Facts: d.Facts}
	for _, s := range d.Scores {
		score := Score{Name: s.Name, Split: s.Split, Rows: s.Rows, Value: orNaN(s.Value), Baseline: orNaN(s.Baseline)}
		for _, v := range s.Seeds {
			score.Seeds = append(score.Seeds, orNaN(v))
		}
		o.Scores = append(o.Scores, score)
	}
	return nil
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
