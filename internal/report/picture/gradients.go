package picture

import "github.com/nnvet/nnvet"

// deadUnits draws the share of each layer's units that get no gradient, and
// where there are none, of those that are flat.
func deadUnits(s *subject) *drawing {
	if d := s.perLayer(layered{
		name: "dead-units", title: "Units without any gradient", y: "share of a layer's units", of: nnvet.Dead, share: true,
		say: "Most dead are the units of %s: %s at the end, %s at the first look.",
	}); d != nil {
		return d
	}
	return s.perLayer(layered{
		name: "flat-units", title: "Outputs in the flat ends of their activation", y: "share of a layer's outputs", of: nnvet.Saturated, share: true,
		say: "Most saturated is %s: %s of its outputs at the end, %s at the first look.",
	})
}
