//go:build unix

package main

import (
	"context"
	"fmt"

	"github.com/nnvet/nnvet/internal/engine"
)

// firstLosses trains from weights that are the same in every arm, and returns
// the loss of each step before its update.
func firstLosses(n network, d engine.Data, weights []float32, batch, steps int) ([]float64, error) {
	s := n.spec(batch, int64(steps))
	net, err := engine.New(s, batch)
	if err != nil {
		return nil, err
	}
	for _, p := range net.Params() {
		if len(weights) < len(p.Value) {
			return nil, fmt.Errorf("first weights: they end before %s", p.Name)
		}
		p.Import(weights[:len(p.Value)])
		weights = weights[len(p.Value):]
	}
	var losses []float64
	_, err = engine.Train(context.Background(), net, s, d, engine.Data{}, &engine.Observer{
		After: func(s *engine.Step) { losses = append(losses, s.Loss) },
	})
	return losses, err
}
