package treat

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nnvet/nnvet"
	"github.com/nnvet/nnvet/internal/engine"
)

// lawOf reads how weights are to start.
func lawOf(text string) (engine.Init, error) {
	switch text {
	case "default":
		return engine.Init{}, nil
	case "he":
		return engine.Init{Kind: "he_normal"}, nil
	case "xavier":
		return engine.Init{Kind: "xavier_normal"}, nil
	case "lecun":
		return engine.Init{Kind: "lecun_normal"}, nil
	}
	if std, ok := strings.CutPrefix(text, "std "); ok {
		v, err := strconv.ParseFloat(std, 64)
		if err != nil || !(v > 0) || math.IsInf(v, 0) {
			return engine.Init{}, fmt.Errorf("%q is no standard deviation", std)
		}
		return engine.Init{Kind: "normal", Std: v}, nil
	}
	return engine.Init{}, fmt.Errorf("it is none of he, xavier, lecun, default, std 0.05")
}

func (s *Subject) weightInit(set nnvet.Setting) error {
	law, err := lawOf(set.To)
	if err != nil {
		return err
	}
	all, err := s.of(set.Site, weighs, "weights")
	if err != nil {
		return err
	}
	for _, p := range all {
		weights, biases := inits(p.node().Layer)
		if *biases == (engine.Init{}) && weights.Kind == "pytorch" { // which biases follow
			*biases = engine.Init{Kind: "pytorch"}
		}
		*weights = law
	}
	return nil
}

func (s *Subject) biasInit(set nnvet.Setting) error {
	v, err := number(set, -math.MaxFloat32, math.MaxFloat32)
	if err != nil {
		return err
	}
	all, err := s.of(set.Site, weighs, "biases")
	if err != nil {
		return err
	}
	for _, p := range all {
		_, biases := inits(p.node().Layer)
		*biases = engine.Init{Kind: "constant", Value: v}
	}
	return nil
}

// inits returns how the weights and the biases of a layer start.
func inits(l engine.Layer) (weights, biases *engine.Init) {
	switch l := l.(type) {
	case *engine.Dense:
		return &l.Init, &l.BiasInit
	case *engine.Conv2D:
		return &l.Init, &l.BiasInit
	}
	return new(engine.Init), new(engine.Init)
}

// branchScale makes the last weights of each branch smaller at their start: the
// engine adds branches as they are.
func (s *Subject) branchScale(set nnvet.Setting) error {
	factor, err := number(set, 0, math.MaxFloat32)
	if err != nil {
		return err
	}
	blocks, err := s.of("", func(l engine.Layer) bool { _, ok := l.(*engine.Residual); return ok }, "a branch")
	if err != nil {
		return err
	}
	for _, b := range blocks {
		body := b.node().Layer.(*engine.Residual).Body
		for i := len(body) - 1; i >= 0; i-- {
			if weighs(body[i].Layer) {
				weights, _ := inits(body[i].Layer)
				*weights = scaled(*weights, factor)
				break
			}
		}
	}
	return nil
}

// scaled returns a start whose values are a factor as large.
func scaled(i engine.Init, factor float64) engine.Init {
	switch i.Kind {
	case "normal":
		if i.Std == 0 {
			i.Std = 1
		}
		i.Mean, i.Std = i.Mean*factor, i.Std*factor
	case "constant":
		i.Value *= factor
	case "uniform":
		if i.Lo == 0 && i.Hi == 0 {
			i.Hi = 1
		}
		i.Lo, i.Hi = i.Lo*factor, i.Hi*factor
	case "":
		i.Kind, i.Gain = "lecun_normal", factor
	default:
		if i.Gain == 0 {
			i.Gain = 1
		}
		i.Gain *= factor
	}
	if factor == 0 { // a gain of 0 would mean 1
		return engine.Init{Kind: "zero"}
	}
	return i
}
