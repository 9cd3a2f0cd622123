package prove

import (
	"encoding/json"
	"fmt"
	"math"
)

// A Figure is a number in JSON that may be NaN or infinite: then it is a string,
// as in a trace.
type Figure float64

// MarshalJSON writes "nan", "inf" and "-inf" for what JSON has no number for.
func (f Figure) MarshalJSON() ([]byte, error) {
	v := float64(f)
	switch {
	case math.IsNaN(v):
		return []byte(`"nan"`), nil
	case math.IsInf(v, 1):
		return []byte(`"inf"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-inf"`), nil
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Figure) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"nan"`:
		*f = Figure(math.NaN())
	case `"inf"`:
		*f = Figure(math.Inf(1))
	case `"-inf"`:
		*f = Figure(math.Inf(-1))
	default:
		var v float64
		if err := json.Unmarshal(b, &v); err != nil {
			return fmt.Errorf("%s is no number", b)
		}
		*f = Figure(v)
	}
	return nil
}

// scoreJSON is a [Score] in JSON.
type scoreJSON struct {
	Skill    Figure `json:"skill"`
	Answers  Figure `json:"answers"`
	Accuracy Figure `json:"accuracy"`
	R2       Figure `json:"r2"`
	Loss     Figure `json:"loss"`
	First    Figure `json:"first"`
	Metric   Figure `json:"metric"`
	Split    string `json:"split"`
	Blown    bool   `json:"blown"`
	Broken   string `json:"broken,omitempty"`
}

// MarshalJSON writes the score.
func (s Score) MarshalJSON() ([]byte, error) {
	return json.Marshal(scoreJSON{Figure(s.Skill), Figure(s.Answers), Figure(s.Accuracy), Figure(s.R2), Figure(s.Loss), Figure(s.First), Figure(s.Metric), s.Split, s.Blown, s.Broken})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Score) UnmarshalJSON(b []byte) error {
	var j scoreJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*s = Score{
		Skill: float64(j.Skill), Answers: float64(j.Answers), Accuracy: float64(j.Accuracy), R2: float64(j.R2),
		Loss: float64(j.Loss), First: float64(j.First), Metric: float64(j.Metric), Split: j.Split, Blown: j.Blown, Broken: j.Broken,
	}
	return nil
}

// claimJSON is a [Claim] in JSON.
type claimJSON struct {
	Verdict    string  `json:"verdict"`
	Why        string  `json:"why,omitempty"`
	Before     Figure  `json:"before"`
	After      Figure  `json:"after"`
	Difference Figure  `json:"difference"`
	Lo         Figure  `json:"lo"`
	Hi         Figure  `json:"hi"`
	P          Figure  `json:"p"`
	Seeds      []int64 `json:"seeds"`
	More       int     `json:"more,omitempty"`
}

// MarshalJSON writes the claim, its verdict in words.
func (c Claim) MarshalJSON() ([]byte, error) {
	return json.Marshal(claimJSON{
		c.Verdict.String(), c.Why, Figure(c.Before), Figure(c.After), Figure(c.Difference), Figure(c.Lo), Figure(c.Hi), Figure(c.P), c.Seeds, c.More,
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Claim) UnmarshalJSON(b []byte) error {
	var j claimJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*c = Claim{
		Why: j.Why, Before: float64(j.Before), After: float64(j.After), Difference: float64(j.Difference),
		Lo: float64(j.Lo), Hi: float64(j.Hi), P: float64(j.P), Seeds: j.Seeds, More: j.More,
	}
	for v := NotTried; v <= Proven; v++ {
		if v.String() == j.Verdict {
			c.Verdict = v
		}
	}
	return nil
}
