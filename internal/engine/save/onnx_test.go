package save_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
	"github.com/nnvet/nnvet/internal/engine/save"
)

// An exported case is a network whose export has to give what the engine does.
type exported struct {
	name   string
	input  engine.Shape
	layers []engine.Layer
	loss   engine.LossKind
	raw    bool
}

// exports holds every kind of layer, and what it may meet.
var exports = []exported{
	{"dense", engine.Shape{5}, layers(dense(3)), engine.MSE, true},
	{"dense without bias", engine.Shape{5}, layers(&engine.Dense{Units: 3, NoBias: true}), engine.MSE, true},
	{"dense on tokens", engine.Shape{4, 5}, layers(dense(3)), engine.MSE, true},
	{"dense on tokens without bias", engine.Shape{4, 5}, layers(&engine.Dense{Units: 3, NoBias: true}), engine.MSE, true},
	{"dense on pixels", engine.Shape{3, 4, 2}, layers(conv(3, 3), dense(2), conv(2, 3)), engine.MSE, true},

	{"conv2d", engine.Shape{5, 6, 2}, layers(conv(3, 3)), engine.MSE, true},
	{"conv2d, odd padding", engine.Shape{5, 6, 2}, layers(&engine.Conv2D{Filters: 3, Kernel: [2]int{4, 3}, Stride: [2]int{2, 2}}), engine.MSE, true},
	{"conv2d, valid", engine.Shape{7, 6, 2}, layers(&engine.Conv2D{Filters: 3, Kernel: [2]int{2, 3}, Stride: [2]int{2, 3}, Padding: "valid", NoBias: true}), engine.MSE, true},
	{"conv2d of one channel", engine.Shape{5, 5, 1}, layers(conv(1, 3), &engine.Flatten{}, dense(2)), engine.MSE, true},
	{"conv2d to one pixel", engine.Shape{2, 2, 3}, layers(&engine.Conv2D{Filters: 4, Kernel: [2]int{2, 2}, Padding: "valid"}, &engine.Flatten{}, dense(2)), engine.MSE, true},

	{"max_pool", engine.Shape{5, 7, 2}, layers(conv(3, 3), &engine.MaxPool{}), engine.MSE, true},
	{"max_pool, odd padding", engine.Shape{5, 6, 2}, layers(conv(3, 3), &engine.MaxPool{Size: [2]int{3, 2}, Stride: [2]int{1, 2}, Padding: "same"}), engine.MSE, true},
	{"max_pool, odd padding, even", engine.Shape{5, 5, 2}, layers(conv(3, 1), &engine.MaxPool{Padding: "same"}), engine.MSE, true},
	{"avg_pool", engine.Shape{5, 7, 2}, layers(conv(3, 3), &engine.AvgPool{}), engine.MSE, true},
	{"avg_pool, odd padding", engine.Shape{5, 6, 2}, layers(&engine.AvgPool{Size: [2]int{2, 3}, Stride: [2]int{2, 1}, Padding: "same"}, conv(3, 3)), engine.MSE, true},
	{"global_avg_pool", engine.Shape{5, 6, 2}, layers(conv(3, 3), &engine.GlobalAvgPool{}, dense(2)), engine.MSE, true},
	{"global_avg_pool of an image as it is", engine.Shape{5, 6, 2}, layers(&engine.GlobalAvgPool{}, dense(2)), engine.MSE, true},
	{"global_avg_pool of tokens", engine.Shape{5, 6}, layers(dense(3), &engine.GlobalAvgPool{}), engine.MSE, true},
	{"flatten", engine.Shape{3, 4, 2}, layers(conv(3, 3), &engine.Flatten{}, dense(2)), engine.MSE, true},
	{"flatten of tokens", engine.Shape{3, 4}, layers(dense(2), &engine.Flatten{}), engine.MSE, true},

	{"batch_norm", engine.Shape{5}, layers(dense(4), &engine.BatchNorm{}), engine.MSE, true},
	{"batch_norm of planes", engine.Shape{3, 4, 2}, layers(conv(3, 3), &engine.BatchNorm{Eps: 0.01}, &engine.ReLU{}), engine.MSE, true},
	{"batch_norm of pixels", engine.Shape{3, 4, 2}, layers(&engine.BatchNorm{}, dense(2)), engine.MSE, true},
	{"batch_norm of tokens", engine.Shape{3, 4}, layers(&engine.BatchNorm{}, dense(2)), engine.MSE, true},
	{"layer_norm", engine.Shape{5}, layers(dense(4), &engine.LayerNorm{Eps: 0.01}), engine.MSE, true},
	{"layer_norm of tokens", engine.Shape{3, 4}, layers(&engine.LayerNorm{}, dense(2)), engine.MSE, true},
	{"layer_norm of planes", engine.Shape{3, 4, 2}, layers(conv(3, 3), &engine.LayerNorm{}, conv(2, 3)), engine.MSE, true},

	{"prelu", engine.Shape{5}, layers(dense(4), &engine.PReLU{}), engine.MSE, true},
	{"prelu, one a channel", engine.Shape{5}, layers(dense(4), &engine.PReLU{PerChannel: true}), engine.MSE, true},
	{"prelu of planes", engine.Shape{3, 4, 2}, layers(conv(3, 3), &engine.PReLU{PerChannel: true}), engine.MSE, true},
	{"relu", engine.Shape{5}, layers(dense(40), &engine.ReLU{}), engine.MSE, true},
	{"leaky_relu", engine.Shape{5}, layers(dense(40), &engine.LeakyReLU{}, dense(9), &engine.LeakyReLU{Slope: 0.3}), engine.MSE, true},
	{"elu", engine.Shape{5}, layers(dense(40), &engine.ELU{Alpha: 0.7}), engine.MSE, true},
	{"selu", engine.Shape{5}, layers(dense(40), &engine.SELU{}), engine.MSE, true},
	{"gelu", engine.Shape{5}, layers(dense(40), &engine.GELU{}), engine.MSE, true},
	{"silu", engine.Shape{5}, layers(dense(40), &engine.SiLU{}), engine.MSE, true},
	{"tanh", engine.Shape{5}, layers(dense(40), &engine.Tanh{}), engine.MSE, true},
	{"sigmoid", engine.Shape{5}, layers(dense(40), &engine.Sigmoid{}), engine.MSE, true},
	{"softplus", engine.Shape{5}, layers(dense(40), &engine.Softplus{}), engine.MSE, true},
	{"softmax", engine.Shape{5}, layers(dense(4), &engine.Softmax{}), engine.MSE, true},
	{"softmax of planes", engine.Shape{3, 4, 2}, layers(conv(3, 3), &engine.Softmax{}, conv(2, 3)), engine.MSE, true},
	{"clip", engine.Shape{5}, layers(dense(40), &engine.Clamp{Lo: -0.3, Hi: 0.4}), engine.MSE, true},
	{"round", engine.Shape{5}, layers(&engine.Round{}, dense(4)), engine.MSE, true},
	{"dropout", engine.Shape{5}, layers(dense(4), &engine.Dropout{Rate: 0.5}), engine.MSE, true},

	{"embedding", engine.Shape{6}, layers(&engine.Embedding{Tokens: 4, Units: 3}, &engine.Flatten{}, dense(2)), engine.MSE, true},
	{"residual", engine.Shape{5}, layers(block(dense(7), &engine.ReLU{}, dense(5)), dense(2)), engine.MSE, true},
	{"residual of planes", engine.Shape{3, 4, 2}, layers(block(conv(3, 3), &engine.ReLU{}, block(&engine.LayerNorm{}, dense(3)), conv(2, 3)), conv(2, 3)), engine.MSE, true},
	{"residual that does nothing", engine.Shape{5}, layers(dense(4), block(&engine.Dropout{Rate: 0.5})), engine.MSE, true},

	{"probabilities of logits", engine.Shape{5}, layers(dense(4)), engine.CrossEntropy, false},
	{"probability of a logit", engine.Shape{5}, layers(dense(1)), engine.BCELogits, false},
	{"rate", engine.Shape{5}, layers(dense(2)), engine.PoissonLog, false},
	{"a whole CNN", engine.Shape{11, 13, 3}, layers(
		conv(6, 3), &engine.BatchNorm{}, &engine.ReLU{}, &engine.MaxPool{},
		block(conv(6, 3), &engine.BatchNorm{}, &engine.SiLU{}, conv(6, 1)), &engine.GELU{},
		&engine.Conv2D{Filters: 8, Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}}, &engine.PReLU{PerChannel: true},
		&engine.Flatten{}, dense(16), &engine.LayerNorm{}, &engine.Tanh{}, &engine.Dropout{Rate: 0.2}, dense(10)), engine.CrossEntropy, false},
}

func layers(ls ...engine.Layer) []engine.Layer { return ls }

func dense(units int) engine.Layer { return &engine.Dense{Units: units} }

func conv(filters, size int) engine.Layer {
	return &engine.Conv2D{Filters: filters, Kernel: [2]int{size, size}}
}

func block(ls ...engine.Layer) engine.Layer { return &engine.Residual{Body: nodes(ls)} }

func nodes(ls []engine.Layer) []engine.Node {
	out := make([]engine.Node, len(ls))
	for i, l := range ls {
		out[i].Layer = l
	}
	return out
}

// TestONNX runs every export in ONNX Runtime.
func TestONNX(t *testing.T) {
	covers(t)
	python := onnxPython(t)
	const rows = 3
	type request struct {
		Path  string    `json:"path"`
		Shape []int     `json:"shape"`
		X     []float32 `json:"x"`
	}
	requests := make([]request, len(exports))
	wants := make([][]float32, len(exports))
	dir := t.TempDir()
	for i, e := range exports {
		n := scrambled(t, e)
		x := inputs(e, rows)
		wants[i] = e.meaning(slices.Clone(n.Forward(x, rows, false)), n.Outputs().Last())
		requests[i] = request{filepath.Join(dir, strconv.Itoa(i)+".onnx"), append([]int{rows}, e.input...), x}
		model := filepath.Join(dir, strconv.Itoa(i)+".safetensors")
		if err := save.WriteModel(model, n, save.About{Version: "test"}); err != nil {
			t.Fatal(err)
		}
		m, err := save.ReadModel(model)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		if err := m.WriteONNX(requests[i].Path, save.ONNXOptions{Raw: e.raw}); err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
	}
	var results []struct {
		Shape []int
		Y     []string
	}
	converse(t, python, "testdata/onnx_run.py", requests, &results)
	for i, e := range exports {
		t.Run(e.name, func(t *testing.T) { agree(t, results[i].Y, wants[i]) })
	}
}

// covers holds that each kind of layer is in a case.
func covers(t *testing.T) {
	var met []string
	var meet func(ls []engine.Node)
	meet = func(ls []engine.Node) {
		for _, n := range ls {
			met = append(met, n.Layer.Kind())
			if r, ok := n.Layer.(*engine.Residual); ok {
				meet(r.Body)
			}
		}
	}
	for _, e := range exports {
		meet(nodes(e.layers))
	}
	for _, k := range engine.Kinds() {
		if !slices.Contains(met, k.Name) {
			t.Errorf("%s is in no case", k.Name)
		}
	}
}

// scrambled returns the case's network with no parameter, and no running
// statistic, at a value that hides a slip.
func scrambled(t *testing.T, e exported) *engine.Network {
	t.Helper()
	n, err := engine.New(engine.Spec{Input: e.input, Layers: nodes(e.layers), Loss: engine.Loss{Kind: e.loss}, Seed: 1}, 8)
	if err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
	rng := rand.New(rand.NewPCG(2, 0))
	for _, p := range n.Params() {
		if len(p.Shape) < 2 {
			for i := range p.Value {
				p.Value[i] += float32(rng.NormFloat64()) / 4
			}
		}
	}
	for _, p := range n.Buffers() {
		for i := range p.Value {
			p.Value[i] += rng.Float32()
		}
	}
	return n
}

func inputs(e exported, rows int) []float32 {
	rng := rand.New(rand.NewPCG(3, 0))
	x := make([]float32, rows*e.input.Size())
	for i := range x {
		x[i] = float32(rng.NormFloat64() * 2)
		if l, ok := e.layers[0].(*engine.Embedding); ok {
			x[i] = float32(rng.IntN(l.Tokens))
		}
	}
	return x
}

// meaning works out what the outputs stand for, in a second way.
func (e *exported) meaning(out []float32, last int) []float32 {
	if e.raw {
		return out
	}
	for at := 0; at < len(out); at += last {
		sum := 0.0
		for _, v := range out[at : at+last] {
			sum += math.Exp(float64(v))
		}
		for i, v := range out[at : at+last] {
			power := math.Exp(float64(v))
			switch e.loss {
			case engine.CrossEntropy:
				power /= sum
			case engine.BCELogits:
				power /= 1 + power
			}
			out[at+i] = float32(power)
		}
	}
	return out
}

// agree compares numbers to 1e-5 of themselves and of their usual size.
func agree(t *testing.T, texts []string, want []float32) {
	t.Helper()
	if len(texts) != len(want) {
		t.Fatalf("got %d numbers, want %d", len(texts), len(want))
	}
	size := 0.0
	for _, v := range want {
		size += math.Abs(float64(v)) / float64(len(want))
	}
	worst := 0.0
	for i, text := range texts {
		got, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		off := math.Abs(got-float64(want[i])) / (math.Abs(float64(want[i])) + size)
		worst = max(worst, off)
		if !(off <= 1e-5) {
			t.Errorf("number %d: got %g, want %g", i, got, want[i])
		}
	}
	t.Logf("largest difference: %.1e", worst)
}

// converse gives a script a question as JSON and reads its answer.
func converse(t *testing.T, python, script string, question, answer any) {
	t.Helper()
	text, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, script)
	cmd.Stdin = strings.NewReader(string(text))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, &stderr)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatalf("%s: %v: %.200s", script, err, out)
	}
}

// onnxPython returns a Python with ONNX Runtime, or skips.
func onnxPython(t *testing.T) string {
	t.Helper()
	if python := os.Getenv("NNVET_TEST_ONNX_PYTHON"); python != "" {
		return python
	}
	out, err := exec.Command("../../../tools/onnx.sh", "--find").Output()
	if err != nil {
		t.Skip("no Python with ONNX Runtime: run tools/onnx.sh, or set NNVET_TEST_ONNX_PYTHON to one")
	}
	return strings.TrimSpace(string(out))
}
