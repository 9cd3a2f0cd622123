package engine

import (
	"reflect"
	"slices"
)

// Fits reports whether the network is what [New] would make of the spec, but
// for the values of its parameters: [Network.Initialize] sets these. Specs that
// differ in how they train, as in the optimizer or the seed, share a network.
func (n *Network) Fits(s Spec, rows int) bool {
	return rows == n.rows && s.Kernels == n.spec.Kernels && s.Loss == n.spec.Loss &&
		slices.Equal(s.Input, n.spec.Input) && slices.Equal(s.OutputBias, n.spec.OutputBias) && reflect.DeepEqual(s.Layers, n.spec.Layers)
}
