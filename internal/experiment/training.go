package experiment

import "github.com/nnvet/nnvet/internal/engine"

// optimizers reads an optimizer into o. The defaults are those of the engine.
func optimizers(o *engine.Optimizer) *oneOf {
	lr := setting{name: "lr", what: "learning rate; auto finds one by a range test, and a race of rates around it where there are validation rows", def: "auto", auto: true, bounds: positive, to: &o.LR}
	decay := setting{name: "decay", what: "weight decay", def: "0", bounds: nonNegative, to: &o.Decay}
	apart := setting{name: "decay", what: "weight decay; adam is the same without", def: "0.01", bounds: positive, to: &o.Decay}
	eps := setting{name: "eps", what: "what keeps the division from 0", def: "1e-8", bounds: positive, to: &o.Eps}
	betas := []setting{
		{name: "beta1", what: "memory of the mean of gradients", def: "0.9", bounds: partAbove0, to: &o.Beta1},
		{name: "beta2", what: "memory of the mean of their squares", def: "0.999", bounds: partAbove0, to: &o.Beta2},
	}
	return &oneOf{what: "optimizer", name: &o.Kind, at: &o.Source, choices: []choice{
		{name: "adam", what: "steps that each weight's own gradients scale (Kingma and Ba 2015); decay is added to the gradient",
			settings: append([]setting{lr, decay, eps}, betas...)},
		{name: "adamw", what: "adam with decay apart from the gradient (Loshchilov and Hutter 2019)",
			settings: append([]setting{lr, apart, eps}, betas...)},
		{name: "sgd", what: "steps down the gradient, with momentum if asked for", settings: []setting{
			lr, decay,
			{name: "momentum", what: "share of the last step that is kept", def: "0", bounds: part, to: &o.Momentum},
			{name: "dampening", what: "share of the gradient that momentum leaves out", def: "0", bounds: share, to: &o.Dampening},
			{name: "nesterov", what: "whether momentum looks ahead; it takes one above 0 and no dampening", def: "false", to: &o.Nesterov},
		}},
		{name: "rmsprop", what: "steps divided by the running size of gradients", settings: []setting{
			lr, decay, eps,
			{name: "alpha", what: "memory of that size", def: "0.99", bounds: partAbove0, to: &o.Alpha},
		}},
	}}
}

// losses reads a loss into l.
func losses(l *engine.Loss) *oneOf {
	smoothing := []setting{{name: "smoothing", what: "share of the target that is spread over all classes", def: "0", bounds: part, to: &l.Smoothing}}
	return &oneOf{what: "loss", name: (*string)(&l.Kind), at: &l.Source, choices: []choice{
		{name: "mse", what: "mean of squared errors; of classes too, as all losses on numbers but poisson: the largest output is the answer"},
		{name: "mae", what: "mean of absolute errors"},
		{name: "huber", what: "squared errors up to delta, linear beyond", main: "delta", settings: []setting{
			{name: "delta", what: "where it turns linear", def: "1", bounds: positive, to: &l.Delta}}},
		{name: "cross_entropy", what: "of classes, from logits", main: "smoothing", settings: smoothing},
		{name: "categorical_cross_entropy", what: "of classes, from probabilities, clipped as Keras does"},
		{name: "bce_logits", what: "binary cross-entropy, from logits: of classes, each for itself, or of shares from 0 to 1, which stay as they are"},
		{name: "bce", what: "bce_logits from probabilities"},
		{name: "poisson", what: "of counts, which stay as they are, from a positive rate"},
		{name: "poisson_log", what: "of counts, which stay as they are, from the rate's logarithm"},
	}}
}

// schedules reads a schedule of the learning rate into s.
func schedules(s *engine.Schedule) *oneOf {
	warmup := setting{name: "warmup", what: "steps over which the rate rises from 0", def: "0", bounds: nonNegative, to: &s.Warmup}
	floor := setting{name: "floor", what: "share of the rate that is left at the end", def: "0", bounds: share, to: &s.Floor}
	return &oneOf{what: "schedule", name: &s.Kind, at: &s.Source, choices: []choice{
		{name: "constant", what: "the same rate in every step", settings: []setting{warmup}},
		{name: "cosine", what: "falls along a cosine until the last epoch", main: "floor", settings: []setting{floor, warmup}},
		{name: "linear", what: "falls in a line until the last epoch", main: "floor", settings: []setting{floor, warmup}},
		{name: "step", what: "drops every few epochs", main: "every", settings: []setting{
			{name: "every", what: "epochs between drops", must: true, bounds: atLeast1, to: &s.Every},
			{name: "factor", what: "what a drop multiplies the rate by", def: "0.1", bounds: positive, to: &s.Factor}, warmup}},
		{name: "exponential", what: "falls by a factor each epoch", main: "factor", settings: []setting{
			{name: "factor", what: "what an epoch multiplies the rate by", must: true, bounds: positive, to: &s.Factor}, warmup}},
	}}
}

// clips reads how gradients are clipped into c.
func clips(c *engine.Clip) *section {
	return &section{what: "clip", at: &c.Source, settings: []setting{
		{name: "norm", what: "bound of the norm of all gradients together", bounds: positive, to: &c.Norm},
		{name: "value", what: "bound of every single gradient", bounds: positive, to: &c.Value},
	}}
}

// augments reads changes of training rows on the fly.
type augments struct{ to *[]engine.Augment }

func (a augments) take(r *reader, s setting, v *value) {
	for _, item := range r.items(s, v) {
		var aug engine.Augment
		o := augmentChoices(&aug)
		o.take(r, s, item)
		if aug.Kind != "" {
			*a.to = append(*a.to, aug)
		}
	}
}

func augmentChoices(a *engine.Augment) *oneOf {
	one := func(name, what, amount string, b bounds) choice {
		return choice{name: name, what: what, main: "amount", settings: []setting{{name: "amount", what: amount, must: true, bounds: b, to: &a.Amount}}}
	}
	return &oneOf{what: "augment", name: &a.Kind, at: &a.Source, choices: []choice{
		one("noise", "adds normal noise to every input", "its standard deviation", nonNegative),
		one("flip", "mirrors images left to right", "share of the images", share),
		one("shift", "moves images", "most pixels", nonNegative),
		one("crop", "pads images and cuts the old size out at random", "pixels of padding", nonNegative),
		one("mixup", "mixes pairs of rows (Zhang et al. 2018)", "alpha of the beta distribution", nonNegative),
	}}
}
