package treat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/stat"
)

func nodes(layers ...engine.Layer) []engine.Node {
	var out []engine.Node
	for _, l := range layers {
		out = append(out, engine.Node{Layer: l})
	}
	return out
}

func dense(units int) *engine.Dense { return &engine.Dense{Units: units} }

// numbers is a training on rows of four columns, of which b is large, c hardly
// varies and d is always 3, towards two numbers.
func numbers(layers ...engine.Layer) *Subject {
	r := rand.New(rand.NewPCG(1, 2))
	rows := func(n int) engine.Data {
		d := engine.Data{Rows: n}
		for i := range n {
			rare := float32(0)
			if i%250 == 249 {
				rare = 1000
			}
			d.X = append(d.X, r.Float32(), 1000*r.Float32(), rare, 3)
			d.Y = append(d.Y, 50+r.Float32(), -7*r.Float32())
		}
		return d
	}
	if layers == nil {
		layers = []engine.Layer{dense(8), &engine.ReLU{}, dense(8), &engine.ReLU{}, dense(8), &engine.ReLU{}, dense(2)}
	}
	return &Subject{
		Names: []string{"a", "b", "c", "d"}, Train: rows(500), Val: rows(250),
		Spec: engine.Spec{
			Input: engine.Shape{4}, Layers: nodes(layers...), Loss: engine.Loss{Kind: engine.MSE},
			Optimizer: engine.Optimizer{Kind: "sgd", LR: 0.1, Momentum: 0.9}, Batch: 50, Epochs: 30,
		},
	}
}

// classes is a training on three classes.
func classes(layers ...engine.Layer) *Subject {
	s := numbers(layers...)
	s.Spec.Loss.Kind = engine.CrossEntropy
	for _, d := range []*engine.Data{&s.Train, &s.Val} {
		d.Y = nil
		for i := range d.Rows {
			d.Labels = append(d.Labels, int32(i%3))
		}
	}
	return s
}

func with(s *Subject, change func(*engine.Spec)) *Subject {
	change(&s.Spec)
	return s
}

// described writes a network as the engine describes it, "dense1:8 relu1".
func described(t *testing.T, s *Subject) string {
	t.Helper()
	n, err := engine.New(s.Spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range n.Layers() {
		text := l.Name
		if l.Class == "Linear" {
			text += fmt.Sprint(":", l.Out[0])
		}
		if p, ok := l.Settings["p"]; ok {
			text += fmt.Sprint(":", p)
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func setting(text string) nnvet.Setting {
	name, to, _ := strings.Cut(text, " = ")
	name, site, _ := strings.Cut(name, "@")
	return nnvet.Setting{Name: name, Site: site, To: to}
}

func settings(text string) (out []nnvet.Setting) {
	for s := range strings.SplitSeq(text, "; ") {
		out = append(out, setting(s))
	}
	return out
}

func TestNetwork(t *testing.T) {
	net := func(layers ...engine.Layer) []engine.Layer { return layers }
	for _, c := range []struct {
		settings string
		s        *Subject
		want     string
	}{
		{"activation = tanh", numbers(), "dense1:8 tanh1 dense2:8 tanh2 dense3:8 tanh3 dense4:2"},
		{"activation@relu2 = leaky_relu(0.01)", numbers(), "dense1:8 relu1 dense2:8 leaky_relu1 dense3:8 relu3 dense4:2"},
		{"activation@dense2 = none", numbers(), "dense1:8 relu1 dense2:8 dense3:8 relu3 dense4:2"},
		{"activation@dense1 = relu; activation@dense2 = relu", numbers(net(dense(8), &engine.BatchNorm{}, dense(4), dense(2))...), "dense1:8 batch_norm1 relu1 dense2:4 relu2 dense3:2"},
		{"final activation = none", numbers(net(dense(8), &engine.ReLU{}, dense(2), &engine.Tanh{}, &engine.Clamp{Lo: -1, Hi: 1})...), "dense1:8 relu1 dense2:2"},
		{"final activation@tanh1 = none", numbers(net(dense(8), &engine.ReLU{}, dense(2), &engine.Tanh{})...), "dense1:8 relu1 dense2:2"},
		{"final activation = softplus", numbers(net(dense(2), &engine.Dropout{Rate: 0.1})...), "dense1:2 dropout1:0.1 softplus1"},
		{"dropout = 0.3", numbers(net(dense(8), &engine.ReLU{}, dense(2), &engine.Tanh{})...), "dense1:8 relu1 dropout1:0.3 dense2:2 tanh1"},
		{"dropout = 0.1", numbers(net(dense(8), &engine.Dropout{Rate: 0.9}, dense(8), &engine.Dropout{Rate: 0.8}, dense(2))...), "dense1:8 dropout1:0.1 dense2:8 dropout2:0.1 dense3:2"},
		{"dropout@dropout2 = 0", numbers(net(dense(8), &engine.Dropout{Rate: 0.9}, dense(8), &engine.Dropout{Rate: 0.8}, dense(2))...), "dense1:8 dropout1:0.9 dense2:8 dense3:2"},
		{"norm = layer", numbers(net(dense(8), &engine.BatchNorm{}, &engine.ReLU{}, dense(8), dense(2))...), "dense1:8 layer_norm2 relu1 dense2:8 layer_norm1 dense3:2"},
		{"units = 5", numbers(), "dense1:5 relu1 dense2:5 relu2 dense3:5 relu3 dense4:2"},
		{"units@dense2 = 5", numbers(), "dense1:8 relu1 dense2:5 relu2 dense3:8 relu3 dense4:2"},
		{"hidden layers = 1", numbers(), "dense1:8 relu1 dense4:2"},
		{"hidden layers = 4", numbers(), "dense1:8 relu1 dense2:8 relu2 dense3:8 relu3 dense5:8 relu4 dense4:2"},
		{"residual = every 2 layers", numbers(), "dense1:8 relu1 residual1 residual1.layer_norm1 residual1.dense2:8 residual1.relu2 residual1.dense3:8 dense4:2"},
		{"residual = none", numbers(net(dense(8), &engine.Residual{Body: nodes(dense(8), &engine.Tanh{})}, dense(2))...), "dense1:8 residual1_dense1:8 residual1_tanh1 dense2:2"},
		{"layer@relu2 = none", numbers(), "dense1:8 relu1 dense2:8 dense3:8 relu3 dense4:2"},
		{"operation@round = none", numbers(net(dense(8), &engine.Round{}, dense(2), &engine.Round{})...), "dense1:8 dense2:2"},
		{"operation@clamp = none", numbers(net(dense(8), &engine.Clamp{Hi: 1}, dense(2))...), "dense1:8 dense2:2"},
		{"loss = cross-entropy", classes(net(dense(8), dense(3), &engine.Softmax{})...), "dense1:8 dense2:3"},
		{"loss = nll", classes(net(dense(8), dense(3))...), "dense1:8 dense2:3 softmax1"},
		{"loss = bce", classes(net(dense(8), dense(3), &engine.Softmax{})...), "dense1:8 dense2:3 sigmoid1"},
		{"loss = mse; units@final = 3", classes(net(dense(8), dense(3), &engine.Softmax{})...), "dense1:8 dense2:3 softmax1"},
	} {
		before := described(t, c.s)
		data := c.s.Train
		was := *c.s
		if err := Apply(c.s, nil, settings(c.settings)); err != nil {
			t.Errorf("%s: %v", c.settings, err)
			continue
		}
		if got := described(t, c.s); got != c.want {
			t.Errorf("%s of %s:\n got %s\nwant %s", c.settings, before, got, c.want)
		}
		if got := described(t, &was); got != before {
			t.Errorf("%s changed the network that it was given: %s", c.settings, got)
		}
		if !reflect.DeepEqual(data, was.Train) {
			t.Errorf("%s changed the data that it was given", c.settings)
		}
	}
}

func TestTraining(t *testing.T) {
	adam := func(s *engine.Spec) { s.Optimizer = engine.Optimizer{Kind: "adam", LR: 0.003} }
	for _, c := range []struct {
		settings string
		s        *Subject
		got      func(s *Subject) any
		want     any
	}{
		{"lr = 0.003", numbers(), func(s *Subject) any { return s.Spec.Optimizer.LR }, 0.003},
		{"lr = 0.5; optimizer = adam", numbers(), func(s *Subject) any { return s.Spec.Optimizer }, engine.Optimizer{Kind: "adam", LR: 0.5}},
		{"optimizer = adam", numbers(), func(s *Subject) any { return s.Spec.Optimizer }, engine.Optimizer{Kind: "adam", LR: 0.001}},
		{"optimizer = sgd", numbers(), func(s *Subject) any { return s.Spec.Optimizer }, engine.Optimizer{Kind: "sgd", LR: 0.1}},
		{"schedule = cosine; warmup = 7", numbers(), func(s *Subject) any { return s.Spec.Schedule }, engine.Schedule{Kind: "cosine", Warmup: 7}},
		{"schedule = 0.99", numbers(), func(s *Subject) any { return s.Spec.Schedule }, engine.Schedule{Kind: "exponential", Factor: math.Pow(0.99, 10)}},
		{"schedule = none", with(numbers(), func(s *engine.Spec) { s.Schedule = engine.Schedule{Kind: "exponential", Factor: 0.1} }), func(s *Subject) any { return s.Spec.Schedule }, engine.Schedule{}},
		{"clip = 2", numbers(), func(s *Subject) any { return s.Spec.Clip.Norm }, 2.0},
		{"clip = none", with(numbers(), func(s *engine.Spec) { s.Clip.Value = 1 }), func(s *Subject) any { return s.Spec.Clip }, engine.Clip{}},
		{"momentum = 0", numbers(), func(s *Subject) any { return s.Spec.Optimizer.Momentum }, 0.0},
		{"beta1 = 0.8; beta2 = 0.99; eps = 1e-7", with(numbers(), adam), func(s *Subject) any { return s.Spec.Optimizer }, engine.Optimizer{Kind: "adam", LR: 0.003, Beta1: 0.8, Beta2: 0.99, Eps: 1e-7}},
		{"weight decay = 0", with(numbers(), func(s *engine.Spec) { s.Optimizer = engine.Optimizer{Kind: "adamw", LR: 0.1, Decay: 1} }), func(s *Subject) any { return s.Spec.Optimizer }, engine.Optimizer{Kind: "adam", LR: 0.1}},
		{"batch = 10; epochs = 3", numbers(), func(s *Subject) any { return [2]int{s.Spec.Batch, s.Spec.Epochs} }, [2]int{10, 3}},
		{"batch = 9999", numbers(), func(s *Subject) any { return s.Spec.Batch }, 500},
		{"shuffle = false", numbers(), func(s *Subject) any { return s.Spec.KeepOrder }, true},
		{"early stopping = on", numbers(), func(s *Subject) any { return s.Spec.Patience }, 10},
		{"input noise = 0.03", with(numbers(), func(s *engine.Spec) { s.Augment = []engine.Augment{{Kind: "noise", Amount: 4}} }), func(s *Subject) any { return s.Spec.Augment }, []engine.Augment{{Kind: "noise", Amount: 0.03}}},
		{"output bias = 50, -3", numbers(), func(s *Subject) any { return s.Spec.OutputBias }, []float64{50, -3}},
		{"loss = huber; delta = 0.5", numbers(), func(s *Subject) any { return s.Spec.Loss }, engine.Loss{Kind: engine.Huber, Delta: 0.5}},
		{"inputs@b = drop", numbers(), func(s *Subject) any { return fmt.Sprint(s.Spec.Input, s.Names, len(s.Train.X)) }, "3 [a c d] 1500"},
	} {
		if err := Apply(c.s, nil, settings(c.settings)); err != nil {
			t.Errorf("%s: %v", c.settings, err)
		} else if got := c.got(c.s); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.settings, got, c.want)
		}
	}
}

// column returns mean and standard deviation of a column by their definition.
func column(x []float32, at, width int) (mean, std float64) {
	n := float64(len(x) / width)
	for i := at; i < len(x); i += width {
		mean += float64(x[i]) / n
	}
	for i := at; i < len(x); i += width {
		std += math.Pow(float64(x[i])-mean, 2) / n
	}
	return mean, math.Sqrt(std)
}

func TestStandardize(t *testing.T) {
	s := numbers()
	raw := numbers()
	if err := Apply(s, nil, settings("inputs = standardize; targets = standardize")); err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want, off float64) {
		t.Helper()
		if !(math.Abs(got-want) <= off) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	for c := range 2 {
		mean, std := column(s.Train.X, c, 4)
		near(fmt.Sprintf("mean of column %d", c), mean, 0, 1e-5)
		near(fmt.Sprintf("std of column %d", c), std, 1, 2e-3)
		// validation rows are scaled by the training rows
		m, sd := column(raw.Train.X, c, 4)
		near("a validation value", float64(s.Val.X[c]), (float64(raw.Val.X[c])-m)/sd, 5e-3)
		mean, std = column(s.Train.Y, c, 2)
		near(fmt.Sprintf("mean of target %d", c), mean, 0, 1e-5)
		near(fmt.Sprintf("std of target %d", c), std, 1, 2e-3)
	}
	if got := slices.Max(strided(s.Train.X, 2, 4)); got != 8 {
		t.Errorf("rare value of a column that hardly varies: %v, want it cut at 8", got)
	}
	if mean, std := column(s.Train.X, 3, 4); mean != 0 || std != 0 {
		t.Errorf("a constant column has mean %v and std %v, want 0 and 0", mean, std)
	}
}

func TestInputs(t *testing.T) {
	s := numbers()
	if err := Apply(s, nil, settings("inputs@b = /255; inputs@1 = log")); err != nil {
		t.Fatal(err)
	}
	raw := strided(numbers().Train.X, 1, 4)
	for i := range raw {
		raw[i] = math.Log1p(raw[i] / 255)
	}
	mean, std := stat.Mean(raw), stat.SD(raw)
	if got, want := float64(s.Train.X[1]), (raw[0]-mean)/std; math.Abs(got-want) > 1e-4 {
		t.Errorf("the logarithm of a column: %v, want %v", got, want)
	}
	if s.Train.X[0] != numbers().Train.X[0] {
		t.Error("another column was changed")
	}
	if err := Apply(s, nil, settings("inputs@c = none")); err != nil || slices.Max(strided(s.Train.X, 2, 4)) != 8 {
		t.Errorf("a column that hardly varies, left as it is: %v, largest %v", err, slices.Max(strided(s.Train.X, 2, 4)))
	}
}

func TestStarts(t *testing.T) {
	for _, c := range []struct {
		settings, param string
		std             float64
	}{
		{"weight init = std 0.05", "dense2.weight", 0.05},
		{"weight init@dense2 = he", "dense2.weight", math.Sqrt(2.0 / 64)},
		{"weight init@dense2 = lecun", "dense2.weight", math.Sqrt(1.0 / 64)},
		{"weight init@dense2 = xavier", "dense2.weight", math.Sqrt(2.0 / 128)},
		{"bias init = -3", "dense2.bias", 0},
	} {
		s := numbers(dense(64), dense(64), dense(2))
		if err := Apply(s, nil, settings(c.settings)); err != nil {
			t.Errorf("%s: %v", c.settings, err)
			continue
		}
		n, err := engine.New(s.Spec, 1)
		if err != nil {
			t.Fatal(err)
		}
		n.Initialize(1)
		for _, p := range n.Params() {
			if p.Name != c.param {
				continue
			}
			mean, std := column(p.Value, 0, 1)
			if math.Abs(std-c.std) > 0.03*c.std || c.std == 0 && mean != -3 {
				t.Errorf("%s: %s has mean %v and std %v, want std %v", c.settings, c.param, mean, std, c.std)
			}
		}
	}
}

func TestLabels(t *testing.T) {
	s := classes(dense(3))
	if err := Apply(s, nil, settings("loss = bce-logits")); err != nil {
		t.Fatal(err)
	}
	if got := s.Train.Y[:9]; !slices.Equal(got, []float32{1, 0, 0, 0, 1, 0, 0, 0, 1}) || s.Train.Labels != nil {
		t.Errorf("indicators of the classes 0, 1, 2: %v", got)
	}
	if err := Apply(s, nil, settings("loss = cross-entropy")); err != nil {
		t.Fatal(err)
	}
	if got := s.Val.Labels[:4]; !slices.Equal(got, []int32{0, 1, 2, 0}) || s.Val.Y != nil {
		t.Errorf("classes of indicators: %v", got)
	}
	one := numbers(dense(1))
	one.Train.Y, one.Val.Y = make([]float32, one.Train.Rows), make([]float32, one.Val.Rows)
	one.Train.Y[3] = 4
	if err := Apply(one, nil, settings("loss = cross-entropy; units@final = 6")); err != nil {
		t.Fatal(err)
	}
	if got := described(t, one); got != "dense1:6" || one.Train.Labels[3] != 4 {
		t.Errorf("whole numbers as classes: %s, class %d", got, one.Train.Labels[3])
	}
}

func TestBranchScale(t *testing.T) {
	s := numbers(dense(8), &engine.Residual{Body: nodes(dense(8), &engine.ReLU{}, dense(8))}, dense(2))
	if err := Apply(s, nil, settings("branch scale = 0.5")); err != nil {
		t.Fatal(err)
	}
	want := engine.Init{Kind: "lecun_normal", Gain: 0.5}
	if got := s.Spec.Layers[1].Layer.(*engine.Residual).Body[2].Layer.(*engine.Dense).Init; got != want {
		t.Errorf("start of the last weights of the branch: %+v, want %+v", got, want)
	}
}

// TestStacked holds that a name is of the same layer after layers before it
// went, and in a second treatment.
func TestStacked(t *testing.T) {
	s := numbers()
	for _, text := range []string{"layer@relu1 = none; layer@relu3 = none", "activation@relu2 = tanh", "dropout = 0.5", "weight init@dense3 = std 0.5"} {
		if err := Apply(s, nil, settings(text)); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if got, want := described(t, s), "dense1:8 dense2:8 tanh1 dropout1:0.5 dense3:8 dense4:2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		settings string
		s        *Subject
		why      string
	}{
		{"colour = red", numbers(), "no such setting"},
		{"lr = fast", numbers(), `"fast" is no number`},
		{"lr = 0", numbers(), "from"},
		{"lr = NaN", numbers(), "from"},
		{"batch = 2.5", numbers(), "no whole number"},
		{"optimizer = lion", numbers(), "none of sgd"},
		{"momentum = 0.9", with(numbers(), func(s *engine.Spec) { s.Optimizer.Kind = "rmsprop" }), "has none"},
		{"beta2 = 0.9", numbers(), "has none"},
		{"eps = 1e-8", numbers(), "has none"},
		{"inputs@z = standardize", numbers(), "no column z"},
		{"inputs = polar", numbers(), "none of standardize"},
		{"inputs@b = none", numbers(), "is not known"},
		{"targets = standardize", classes(dense(3)), "not of differences"},
		{"activation@relu9 = tanh", numbers(), "no layer relu9"},
		{"activation = swoosh", numbers(), `no activation "swoosh"`},
		{"final activation = none", numbers(), "without an activation"},
		{"final activation@relu1 = none", numbers(), "not behind"},
		{"loss = bce", numbers(), "from 0 to 1"},
		{"loss = cross-entropy", numbers(), "no class"},
		{"delta = 1", numbers(), "has none"},
		{"weight init = uniform", numbers(), "none of he"},
		{"weight init@relu1 = he", numbers(), "has no weights"},
		{"output bias = 1", numbers(), "bias"},
		{"units = 0", numbers(), "from 1"},
		{"units@final = 7", numbers(), "targets"},
		{"hidden layers = 1", numbers(dense(8), dense(4), dense(2)), "differ in width"},
		{"residual = every 2 layers", numbers(dense(8), dense(4), dense(2)), "no two hidden layers"},
		{"branch scale = 0.5", numbers(), "no layer has a branch"},
		{"dropout = 0", numbers(), "no layer has dropout"},
		{"dropout = 1", numbers(), "rate"},
		{"operation@round = none", numbers(), "no operation round"},
		{"operation@sqrt = eps 1e-8", numbers(), "no operation"},
		{"early stopping = step 4", numbers(), "on or none"},
		{"zero_grad = every step", numbers(), "on the engine"},
		{"trained = all", numbers(), "on the engine"},
		{"dim = 1", numbers(), "on the engine"},
		{"norm = group", numbers(), "batch or layer"},
		{"schedule = 2", numbers(), "or none, or cosine"},
	} {
		was := *c.s
		err := Apply(c.s, nil, settings(c.settings))
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v, want an error with %q", c.settings, err, c.why)
		}
		if !reflect.DeepEqual(*c.s, was) {
			t.Errorf("%s was refused and changed something", c.settings)
		}
	}
}

// TestEveryKnob holds that what a setting may say, this package has heard of.
func TestEveryKnob(t *testing.T) {
	for _, k := range nnvet.Knobs {
		if !slices.ContainsFunc(knobs, func(mine knob) bool { return mine.name == k.Name }) {
			t.Errorf("there is no way to turn %s", k.Name)
		}
	}
	for _, k := range knobs {
		if _, ok := nnvet.KnobOf(k.name); !ok {
			t.Errorf("%s is no knob", k.name)
		}
	}
}

// TestTreatedTrains holds that what was changed can be trained.
func TestTreatedTrains(t *testing.T) {
	s := numbers()
	if err := Apply(s, nil, settings("inputs = standardize; targets = standardize; residual = every 2 layers; norm = layer; optimizer = adam; epochs = 20; early stopping = on")); err != nil {
		t.Fatal(err)
	}
	n, err := engine.New(s.Spec, s.Spec.Batch)
	if err != nil {
		t.Fatal(err)
	}
	n.Initialize(1)
	got, err := engine.Train(t.Context(), n, s.Spec, s.Train, s.Val, nil)
	if err != nil || !(got.TrainLoss < 1.2) { // there is nothing to learn: about the variance, 1
		t.Errorf("training loss %v, error %v", got.TrainLoss, err)
	}
}
