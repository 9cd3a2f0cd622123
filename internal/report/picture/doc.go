// Package picture draws what a trace shows of each pitfall, as SVG: one drawing
// that answers the pitfall's question first, then second looks. It draws
// figures that were recorded, and nothing else: where a trace has none there is
// no picture.
//
// All pictures speak one language. Ink is what was measured; the green band is
// where a healthy run lies; vermilion is yours; blue is what to use; green
// dashes are after a fix was trained; ochre dots are what a constant, a simpler
// model or a limit gives. Labels stand beside what they name.
//
// Colours are in [CSS], as variables for light and dark, so that the same
// drawing serves both. Drawings hold no script, no style, and no reference to
// anything outside. Names of columns and layers are foreign, and are escaped,
// shortened, and kept from turning the text around them.
package picture
