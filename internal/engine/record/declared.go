package record

// What a person said about the data, as a record.
type (
	declaredRecord struct {
		K      string        `json:"k"`
		Groups []groupRecord `json:"groups,omitempty"`
		Goal   *goalRecord   `json:"goal,omitempty"`
	}
	groupRecord struct {
		Name string   `json:"name"`
		Unit string   `json:"unit"`
		Cols []string `json:"cols"`
	}
	goalRecord struct {
		Metric string  `json:"metric"`
		Below  bool    `json:"below"`
		Value  float64 `json:"value"`
		Src    string  `json:"src,omitempty"`
	}
)

// declare writes what was declared, if anything was.
func (r *Recorder) declare() {
	d := r.options.Declared
	if d.Goal == nil && len(d.Groups) == 0 {
		return
	}
	rec := declaredRecord{K: "declared"}
	for _, g := range d.Groups {
		rec.Groups = append(rec.Groups, groupRecord{Name: g.Name, Unit: g.Unit, Cols: g.Columns})
	}
	if g := d.Goal; g != nil {
		rec.Goal = &goalRecord{Metric: g.Metric, Below: g.Below, Value: g.Value, Src: place(g.Source)}
	}
	r.put(rec)
}
