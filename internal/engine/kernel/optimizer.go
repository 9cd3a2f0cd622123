package kernel

import "math"

// The figures that an optimizer is set to are float64, as users write them and
// as PyTorch holds them: 1 - 0.999 in float32 is off by 1e-5. Each is rounded
// once, after what can be computed from it has been.

// An AdamStep is what one step of Adam needs to know.
type AdamStep struct {
	LR, Beta1, Beta2, Eps    float64
	Correction1, Correction2 float64 // 1 - Beta1^t and 1 - Beta2^t in step t, which starts at 1
	Decay                    float64 // decoupled weight decay (AdamW): p -= LR*Decay*p before the step
}

// SGD takes one step of gradient descent: p -= lr*g. Both have one length.
func (s *Set) SGD(p, g []float32, lr float64) {
	same("SGD", len(p), len(g))
	s.addScaled(p, g, float32(-lr))
}

// Momentum takes one step in PyTorch's form: v = momentum*v + (1-dampening)*g,
// then p -= lr*v, or p -= lr*(g + momentum*v) where nesterov is true. In the
// first step v is zeros and PyTorch leaves dampening out: pass 0 for it. All
// have one length.
func (s *Set) Momentum(p, v, g []float32, lr, momentum, dampening float64, nesterov bool) {
	same("Momentum", len(p), len(v), len(g))
	step := s.momentum
	if nesterov {
		step = s.nesterov
	}
	step(p, v, g, float32(lr), float32(momentum), float32(1-dampening))
}

// RMSProp takes one step in PyTorch's form: v = alpha*v + (1-alpha)*g², then
// p -= lr*g / (sqrt(v) + eps). All have one length.
func (s *Set) RMSProp(p, v, g []float32, lr, alpha, eps float64) {
	same("RMSProp", len(p), len(v), len(g))
	s.rmsProp(p, v, g, float32(lr), float32(alpha), float32(1-alpha), float32(eps))
}

// Adam takes one step in PyTorch's form: m = beta1*m + (1-beta1)*g and
// v = beta2*v + (1-beta2)*g², then p -= lr/correction1 * m / (sqrt(v/correction2) + eps).
// All have one length.
func (s *Set) Adam(p, m, v, g []float32, a AdamStep) {
	same("Adam", len(p), len(m), len(v), len(g))
	s.adam(p, m, v, g,
		float32(a.Beta1), float32(1-a.Beta1), float32(a.Beta2), float32(1-a.Beta2),
		float32(a.LR/a.Correction1), float32(1/math.Sqrt(a.Correction2)), float32(a.Eps), float32(1-a.LR*a.Decay))
}

func genericMomentum(p, v, g []float32, lr, momentum, fresh float32) {
	v, g = v[:len(p)], g[:len(p)]
	for i := range p {
		v[i] = float32(momentum*v[i]) + float32(fresh*g[i])
		p[i] -= float32(lr * v[i])
	}
}

func genericNesterov(p, v, g []float32, lr, momentum, fresh float32) {
	v, g = v[:len(p)], g[:len(p)]
	for i := range p {
		v[i] = float32(momentum*v[i]) + float32(fresh*g[i])
		p[i] -= float32(lr * (g[i] + float32(momentum*v[i])))
	}
}

func genericRMSProp(p, v, g []float32, lr, alpha, fresh, eps float32) {
	v, g = v[:len(p)], g[:len(p)]
	for i := range p {
		v[i] = float32(alpha*v[i]) + float32(fresh*float32(g[i]*g[i]))
		p[i] -= float32(lr*g[i]) / (sqrt(v[i]) + eps)
	}
}

func genericAdam(p, m, v, g []float32, beta1, fresh1, beta2, fresh2, step, root, eps, keep float32) {
	m, v, g = m[:len(p)], v[:len(p)], g[:len(p)]
	for i := range p {
		m[i] = float32(beta1*m[i]) + float32(fresh1*g[i])
		v[i] = float32(beta2*v[i]) + float32(fresh2*float32(g[i]*g[i]))
		p[i] = float32(keep*p[i]) - float32(step*m[i])/(float32(sqrt(v[i])*root)+eps)
	}
}

// sqrt is exact to float32: the square root in float64, rounded, is.
func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) }
