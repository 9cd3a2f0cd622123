package prepare

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/dataset"
)

// kinds is a table with a column of every kind.
func kinds() *dataset.Table {
	return tableOf(numbersOf("age", 1, nan, 2, 4), textsOf("city", "a", "b", "c", ""), datesOf("day", 0, 1e7, 2e7, nan),
		rowsOf("v", []int{2}, 1, 2, 3, 5, 4, 6, 1, 9), numbersOf("id", 3, 1, 2, 0), numbersOf("raw", 1, nan, 3, 4), numbersOf("y", 1.5, 2, 5, 3))
}

func keptKinds(t testing.TB) (*Preparation, []byte) {
	t.Helper()
	data := kinds()
	p, err := Plan{Target: "y", Transforms: map[string]Transform{"id": Index, "raw": None, "age": Log}}.Fit(data, &Split{Train: allRows(4)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return p, text
}

func TestPreparationIsKept(t *testing.T) {
	data := kinds()
	p, text := keptKinds(t)
	var read Preparation
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want, _, err := p.Inputs(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, shape, err := read.Inputs(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(shape, p.Shape()) || written(&read, got) != written(p, want) {
		t.Errorf("\ngot  %s\nwant %s", written(&read, got), written(p, want))
	}
	y, _, err := read.Targets(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := rounded(read.Decode(y)); !slices.Equal(got, []float64{1.5, 2, 5, 3}) {
		t.Errorf("got the targets %v", got)
	}
}

func TestPreparationOfClassesIsKept(t *testing.T) {
	data := tableOf(ramp("x", 3), textsOf("y", "b", "a", "c"))
	p, _ := fitAll(t, Plan{Target: "y"}, data, 0)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"schema":"nnvet/preparation/1","target":{"name":"y","classes":["a","b","c"]},` +
		`"inputs":[{"name":"x","numbers":{"shift":[1.5],"scale":[0.816496580927726],"fill":[1.5]}}]}`
	if string(text) != want {
		t.Errorf("\ngot  %s\nwant %s", text, want)
	}
	read, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := read.Classes(); read.Task() != Classification || !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("got %s of %v", read.Task(), got)
	}
}

func TestReadErrors(t *testing.T) {
	const x, y = `{"name":"x","numbers":{"shift":[0],"scale":[1],"fill":[0]}}`, `{"name":"y","classes":["a","b"]}`
	with := func(target, inputs string) string {
		return `{"schema":"nnvet/preparation/1","target":` + target + `,"inputs":[` + inputs + `]}`
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":            {"", "unexpected end of JSON input"},
		"a list":           {"[]", "json: cannot unmarshal array"},
		"two values":       {with(y, x) + "{}", "invalid character"},
		"no version":       {"{}", `its schema is "", not "nnvet/preparation/1": it is of another version of nnvet`},
		"newer":            {`{"schema":"nnvet/preparation/2"}`, `its schema is "nnvet/preparation/2"`},
		"unknown key":      {with(y, `{"name":"x","scale":1}`), `json: unknown field "scale"`},
		"too large":        {with(y, strings.Replace(x, "[1]", "[1e999]", 1)), "json: cannot unmarshal number 1e999"},
		"no inputs":        {with(y, ""), "no inputs"},
		"null":             {with(y, "null"), `column "": 0 ways to encode it, not 1`},
		"two ways":         {with(y, `{"name":"x","numbers":{},"dates":{}}`), `column "x": 2 ways to encode it, not 1`},
		"twice":            {with(y, x+","+x), `column "x" twice`},
		"the target":       {with(strings.Replace(y, "y", "x", 1), x), `column "x" twice`},
		"no figures":       {with(y, `{"name":"x","numbers":{"shift":[],"scale":[],"fill":[]}}`), `column "x": 0, 0 and 0 figures for 1 channels`},
		"negative scale":   {with(y, strings.Replace(x, "[1]", "[-1]", 1)), `column "x": a scale of -1`},
		"shape":            {with(y, `{"name":"x","numbers":{"shape":[-1]}}`), `column "x": a shape of [-1]`},
		"vast":             {with(y, `{"name":"x","numbers":{"shape":[4294967296,4294967296,1]}}`), `column "x": a shape of [4294967296 4294967296 1]`},
		"vast together":    {with(y, `{"name":"x","numbers":{"shape":[200000000,1],"shift":[0],"scale":[1],"fill":[0]}},{"name":"z","numbers":{"shape":[200000000,1],"shift":[0],"scale":[1],"fill":[0]}}`), "over 268435456 features"},
		"no levels":        {with(y, `{"name":"x","categories":{"levels":[]}}`), `column "x": no levels`},
		"a level twice":    {with(y, `{"name":"x","categories":{"levels":["a","a"]}}`), `column "x": level "a" twice`},
		"index with other": {with(y, `{"name":"x","categories":{"levels":["a"],"index":true,"other":true}}`), `column "x": an index with further features`},
		"no seconds":       {with(y, `{"name":"x","dates":{}}`), `column "x": dates without seconds`},
		"cycle":            {with(y, `{"name":"x","dates":{"seconds":{"shift":[0],"scale":[1],"fill":[0]},"cycles":["moon"]}}`), `column "x": unknown cycle "moon"`},
		"no parts":         {with(y, `{"name":"x","dates":{"seconds":{"shift":[0],"scale":[1],"fill":[0]},"cycles":["hour"]}}`), `column "x": parts of the calendar without their scale: train again`},
		"tokens":           {with(y, `{"name":"x","numbers":{"shift":[0],"scale":[1],"fill":[0],"tokens":-1}}`), `column "x": -1 tokens`},
		"missing arrays":   {with(y, `{"name":"x","numbers":{"shape":[1],"shift":[0],"scale":[1],"fill":[0],"missing":true}}`), `column "x": a feature for what is missing where there can be none`},
		"no target":        {with(`{}`, x), `target "": it has no name`},
		"no classes":       {with(`{"name":"y"}`, x), `target "y": it must have either classes or numbers`},
		"one class":        {with(`{"name":"y","classes":["a"]}`, x), `target "y": 1 class`},
		"target, input":    {with(`{"name":"y","numbers":{"shift":[0],"scale":[1],"fill":[0],"missing":true}}`, x), `target "y": its numbers are those of an input`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read([]byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), "preparation: "+c.want) {
				t.Errorf("\ngot  %v\nwant %s", err, c.want)
			}
		})
	}
}

// FuzzPreparation reads hostile text. What is accepted must apply to a table
// without a panic, and be written and read as the same.
func FuzzPreparation(f *testing.F) {
	_, text := keptKinds(f)
	f.Add(text)
	f.Add([]byte(`{"schema":"nnvet/preparation/1","target":{"name":"y","classes":["a","b"]},"inputs":[{"name":"city","categories":{"levels":["a"],"other":true}}]}`))
	f.Add([]byte(`{"schema":"nnvet/preparation/1","target":{"name":"y","numbers":{"shape":[2],"shift":[0,1],"scale":[1,0],"fill":[0,0]}},"inputs":[{"name":"age","numbers":{"shift":[0],"scale":[1e-300],"fill":[0]}}]}`))
	data := kinds()
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Read(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(again); err != nil {
			t.Fatalf("it was written so that it cannot be read: %v\n%s", err, again)
		}
		if p.width() > 1000 || p.Outputs() > 1000 {
			return // sound, and slow
		}
		_ = p.Features()
		_ = p.Unfamiliar(data, nil, nil)
		_, _, _ = p.Inputs(data, nil)  // an error as good as any
		_, _, _ = p.Targets(data, nil) // likewise
		_ = p.Decode(make([]float32, p.Outputs()))
		_, _ = p.Units()
	})
}
