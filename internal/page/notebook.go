package page

import "io"

// Notebook writes what is shown below the cell of a notebook: the first line,
// the lamps and the findings, as one element with its pictures inside and without
// a script. The ids in it are of its run, since a notebook shows many.
func Notebook(w io.Writer, in Input) error {
	v, err := see(in)
	if err != nil {
		return err
	}
	for i := range v.Cards {
		for j := range v.Cards[i].Pictures {
			p := &v.Cards[i].Pictures[j]
			p.ID = "nnvet-" + in.Report.ID + "-" + p.ID
		}
	}
	return v.write(w, "notebook")
}

// notebookStyle is of the one element alone. Its ground is light whatever the
// notebook's is: what is kept with the notebook is looked at under other themes.
const notebookStyle = `.nnvet{background:#fff;color:#1a1d21;padding:12px 16px;max-width:860px;border:1px solid #c3c8d0;border-radius:6px;font:14px/1.45 system-ui,sans-serif}
.nnvet p{margin:4px 0}.nnvet .dim{color:#545b66;font-weight:400}
.nnvet .is{padding:1px 7px;border-radius:9px;background:#e6e9ee;color:#1a1d21}
.nnvet .is.error{background:#a32100;color:#fff}.nnvet .is.warning{background:#f2cc0d;color:#1a1d21}.nnvet .is.clear{background:#0a7a55;color:#fff}
.nnvet ul.lamps{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:4px;margin:8px 0;padding:0;list-style:none}
.nnvet .lamps li{margin:0;padding:3px 8px;border:1px solid #c3c8d0;border-left:5px solid #9aa1ac;border-radius:4px}
.nnvet .lamps li.ok,.nnvet .lamps li.part{border-left-color:#0a7a55}.nnvet .lamps li.warning{border-left-color:#f2cc0d}.nnvet .lamps li.error{border-left-color:#a32100}
.nnvet details{margin:8px 0;padding:6px 10px;border:1px solid #c3c8d0;border-radius:4px}.nnvet summary{cursor:pointer}
.nnvet figure{margin:8px 0}.nnvet table{border-collapse:collapse;color:inherit;font:inherit}.nnvet th,.nnvet td{padding:2px 10px 2px 0;text-align:left;font-weight:400}
.nnvet pre{margin:6px 0;padding:6px;background:#f3f5f8;color:inherit;overflow-x:auto}.nnvet mark{background:#f6d9cc;color:inherit}
.nnvet del{background:#fbe3da;text-decoration:none}.nnvet ins{background:#dcf3e6;text-decoration:none}
`
