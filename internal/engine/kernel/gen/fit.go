package main

import "math"

// fit returns the coefficients, constant term first, of the polynomial that
// meets f at the Chebyshev nodes of [low, high]. It is as good as the best
// polynomial of that degree to within a small factor.
func fit(f func(float64) float64, low, high float64, degree int) []float64 {
	n := degree + 1
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		x[i] = (low+high)/2 + (high-low)/2*math.Cos(math.Pi*(float64(i)+0.5)/float64(n))
		y[i] = f(x[i])
	}
	for step := 1; step < n; step++ { // Newton's divided differences
		for i := n - 1; i >= step; i-- {
			y[i] = (y[i] - y[i-1]) / (x[i] - x[i-step])
		}
	}
	c := make([]float64, n)
	for i := n - 1; i >= 0; i-- { // c = c*(t - x[i]) + y[i]
		for j := n - 1; j > 0; j-- {
			c[j] = c[j-1] - x[i]*c[j]
		}
		c[0] = y[i] - x[i]*c[0]
	}
	return c
}
