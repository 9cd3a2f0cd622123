package nnvet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

func TestFamilies(t *testing.T) {
	tests := []struct{ names, want string }{
		{"x y z", "position:x,y,z"},
		{"x y", "position:x,y"},
		{"x z", ""},
		{"pos_x pos_y pos_z speed", "pos:pos_x,pos_y,pos_z"},
		{"posX posY velX velY", "pos:posX,posY vel:velX,velY"},
		{"x1 y1 z1 x2 y2 z2", "point 1:x1,y1,z1 point 2:x2,y2,z2"},
		{"acc.x|acc.y|acc.z [g]", "acc:acc.x,acc.y,acc.z [g]"},
		{"r g b", "rgb:r,g,b"},
		{"mean_red mean_green mean_blue", "mean:mean_red,mean_green,mean_blue"},
		{"r g age", ""},
		{"left_hip right_hip left_knee", "hip:left_hip,right_hip"},
		{"grip left|grip right", "grip:grip left,grip right"},
		{"length [mm]|width [mm]|mass (kg)", "[mm]:length [mm],width [mm]"},
		{"length (cm)|width (cm)", "[cm]:length (cm),width (cm)"},
		{"age bmi sex", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := families(nnvet.Declared{}, tt.names); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.names, got, tt.want)
		}
	}
}

func TestFamiliesDeclared(t *testing.T) {
	d := nnvet.Declared{Groups: []nnvet.ColumnGroup{{Name: "hand", Columns: []string{"x", "3"}}, {Name: "alone", Columns: []string{"y"}}}}
	want := "hand!:x,grip" // what was declared comes first; y and z lack an x then
	if got := families(d, "x y z grip"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func families(d nnvet.Declared, names string) string {
	split := strings.Fields(names)
	if strings.Contains(names, "|") {
		split = strings.Split(names, "|")
	}
	cols := make([]nnvet.Column, len(split))
	for i, n := range split {
		cols[i] = nnvet.Column{Index: i, Name: n}
	}
	var out []string
	for _, f := range d.Families(cols) {
		var members []string
		for _, i := range f.Members {
			members = append(members, cols[i].Name)
		}
		name := f.Name
		if f.Declared {
			name += "!"
		}
		out = append(out, fmt.Sprintf("%s:%s", name, strings.Join(members, ",")))
	}
	return strings.Join(out, " ")
}
