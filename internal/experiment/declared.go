package experiment

import (
	"fmt"

	"github.com/nnvet/nnvet"
)

// goal reads what would be good enough.
type goal struct{ to **nnvet.Goal }

func (g goal) take(r *reader, s setting, v *value) {
	text, ok := r.word(s, v)
	if !ok {
		return
	}
	parsed, err := nnvet.ParseGoal(text)
	if err != nil {
		r.fault(v.at, "goal: %v", err)
		return
	}
	parsed.Source = v.at
	*g.to = &parsed
}

func (goal) schema() object {
	return object{"type": "string", "pattern": `^\s*((mae|rmse|loss)\s*<|(r2|accuracy)\s*>)=?`}
}

// groups reads columns that belong together.
type groups struct{ to *[]nnvet.ColumnGroup }

func (g groups) take(r *reader, s setting, v *value) {
	for i, item := range r.items(s, v) {
		var group nnvet.ColumnGroup
		r.enter(fmt.Sprint(i), item, func() {
			r.fill("a group", item, groupSettings(&group))
		})
		*g.to = append(*g.to, group)
	}
}

func groupSettings(g *nnvet.ColumnGroup) []setting {
	return []setting{
		{name: "name", what: "by which messages speak of it", must: true, to: &g.Name},
		{name: "unit", like: "m", what: "that all of them are in", to: &g.Unit},
		{name: "columns", what: "which ones", must: true, to: &g.Columns},
	}
}

func (groups) schema() object {
	one := table(groupSettings(new(nnvet.ColumnGroup)))
	return anyOf(one, object{"type": "array", "items": one})
}
