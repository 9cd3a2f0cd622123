package record

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/nnvet/nnvet/internal/engine"
)

func TestChain(t *testing.T) {
	dense := func(units int) engine.Layer { return &engine.Dense{Units: units} }
	residual := func(layers ...engine.Layer) engine.Layer { return &engine.Residual{Body: nodes(layers...)} }
	for _, tt := range []struct {
		name   string
		loss   engine.LossKind
		layers []engine.Layer
		want   string
	}{
		{"logits", engine.CrossEntropy, []engine.Layer{dense(3)}, "cross_entropy: linear"},
		{"probabilities", engine.ProbCE, []engine.Layer{dense(3), &engine.Softmax{}}, "nll_loss: log softmax(1 of 3) linear"},
		{"a rate", engine.Poisson, []engine.Layer{dense(1), &engine.Softplus{}}, "poisson_nll_loss: softplus linear"},
		{"bounds", engine.MAE, []engine.Layer{dense(1), &engine.Clamp{Lo: -2, Hi: 3}}, "l1_loss: clamp(-2..3) linear"},
		{"dropout", engine.Huber, []engine.Layer{dense(8), &engine.ReLU{}, dense(1), &engine.Dropout{Rate: 0.1}}, "huber_loss: dropout linear"},
		{"a block", engine.MSE, []engine.Layer{dense(4), residual(dense(4), &engine.Tanh{})}, "mse_loss: add tanh linear"},
		{"blocks in a block", engine.MSE, []engine.Layer{dense(4), residual(residual(&engine.ReLU{}), &engine.Tanh{})}, "mse_loss: add tanh add relu linear"},
		{"a block that ends in a block", engine.MSE, []engine.Layer{dense(4), residual(&engine.Tanh{}, residual(&engine.ReLU{})), &engine.Sigmoid{}}, "mse_loss: sigmoid add add relu tanh linear"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trainer := trainerOf(t, tt.loss, tt.layers)
			h := head(trainer, 0)
			got := h.Loss + ":"
			for _, l := range h.Chain {
				got += " " + l.Op
				if l.Dim != nil {
					got += fmt.Sprintf("(%d of %d)", *l.Dim, l.Size)
				}
				if l.Lo != nil {
					got += fmt.Sprintf("(%g..%g)", *l.Lo, *l.Hi)
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestGraph(t *testing.T) {
	block := &engine.Residual{Body: nodes(&engine.Dense{Units: 4}, &engine.Tanh{})}
	g := graph(trainerOf(t, engine.MSE, []engine.Layer{&engine.Dense{Units: 4}, block}), 0)
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	const want = `[["mse_loss",[1]],["add",[2,3]],["linear",[4,5]],["tanh",[6]],["leaf",[],0],["leaf",[],1],["linear",[2,7,8]],["leaf",[],2],["leaf",[],3]]`
	if got := string(b); !strings.Contains(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func trainerOf(t *testing.T, loss engine.LossKind, layers []engine.Layer) *engine.Trainer {
	t.Helper()
	spec := engine.Spec{Input: engine.Shape{5}, Layers: nodes(layers...), Loss: engine.Loss{Kind: loss}, Batch: 2, Epochs: 1}
	n, err := engine.New(spec, 2)
	if err != nil {
		t.Fatal(err)
	}
	d := engine.Data{Rows: 2, X: make([]float32, 10), Y: make([]float32, 2*n.Outputs().Size()), Labels: make([]int32, 2)}
	if loss.Labels() {
		d.Y = nil
	} else {
		d.Labels = nil
	}
	trainer, err := engine.NewTrainer(n, spec, d, engine.Data{})
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}
