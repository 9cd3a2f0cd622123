// Package hiddenunits holds the checks of the eleventh pitfall: layers too
// narrow for what must pass, or wider than it takes.
package hiddenunits
