package engine

// Flatten makes one dimension of all. Images come out pixel by pixel with their
// channels together, not channel by channel as in PyTorch.
type Flatten struct{}

func (*Flatten) Kind() string      { return "flatten" }
func (*Flatten) about(Shape) about { return about{class: "Flatten"} }

func (*Flatten) build(_ *builder, in Shape) (op, Shape, error) {
	return flatten{}, Shape{in.Size()}, nil
}

type flatten struct{}

func (flatten) forward(x []float32, _ int, _ bool) []float32 { return x }
func (flatten) backward(dy []float32, _ int) []float32       { return dy }
