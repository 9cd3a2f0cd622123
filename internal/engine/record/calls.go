package record

import "github.com/nnvet/nnvet"

type callRecord struct {
	F    string      `json:"f"`
	In   string      `json:"in"`
	Src  string      `json:"src"`
	Cut  string      `json:"cut,omitempty"`
	Args []argRecord `json:"args"`
}

type argRecord struct {
	N   string `json:"n"`
	V   string `json:"v"`
	Src string `json:"src"`
}

func calls(all []nnvet.Call) []callRecord {
	records := make([]callRecord, 0, len(all))
	for _, c := range all {
		rec := callRecord{F: c.Func, In: c.In, Src: place(c.Source), Cut: place(c.Cut), Args: []argRecord{}}
		for _, a := range c.Args {
			rec.Args = append(rec.Args, argRecord{a.Name, a.Text, place(a.Source)})
		}
		records = append(records, rec)
	}
	return records
}
