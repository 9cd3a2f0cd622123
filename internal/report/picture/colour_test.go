package picture

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// TestContrast holds that what writes can be read: a contrast of 5 on the
// ground and on the band (WCAG asks for 4.5), and 3 for marks.
func TestContrast(t *testing.T) {
	for theme, c := range themes(t) {
		for _, ink := range []string{"ink", "dim", "yours", "use", "after", "base", "bandt"} {
			for _, ground := range []string{"ground", "band"} {
				if ground == "band" && ink != "bandt" && ink != "ink" {
					continue // has a halo of the ground
				}
				if got := contrast(c[ink], c[ground]); got < 5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f", theme, ink, ground, got)
				}
			}
		}
		for cell, ink := range map[string]string{"s1": "ink", "s2": "ink", "s3": "ground", "s4": "ground", "s5": "ground"} {
			if got := contrast(c[ink], c[cell]); got < 3.8 { // figures that the table repeats; large letters take 3
				t.Errorf("%s: %s on %s has a contrast of %.2f", theme, ink, cell, got)
			}
		}
		for _, mark := range []string{"low2", "high2", "s5"} {
			if got := contrast(c[mark], c["ground"]); got < 3 {
				t.Errorf("%s: %s has a contrast of %.2f", theme, mark, got)
			}
		}
	}
}

// TestColourBlind holds that the five roles differ by at least 15 in CIE 1976,
// also for people who lack a receptor, as Machado, Oliveira and Fernandes (2009)
// have it.
func TestColourBlind(t *testing.T) {
	roles := []string{"ink", "yours", "use", "after", "base"}
	for theme, c := range themes(t) {
		for sight, m := range sights {
			for i, a := range roles {
				for _, b := range roles[i+1:] {
					if got := distance(m.see(c[a]), m.see(c[b])); got < 15 {
						t.Errorf("%s, %s: %s and %s differ by %.1f", theme, sight, a, b, got)
					}
				}
			}
			if got := distance(m.see(c["low2"]), m.see(c["high2"])); got < 15 {
				t.Errorf("%s, %s: vanishing and exploding differ by %.1f", theme, sight, got)
			}
		}
	}
}

type rgb [3]float64 // linear

// themes reads the colours out of the style, so that what is tested is what is shown.
func themes(t *testing.T) map[string]map[string]rgb {
	t.Helper()
	out := make(map[string]map[string]rgb)
	for theme, block := range map[string]string{"light": `\[data-theme=light\] \.pic\{([^}]*)\}`, "dark": `\[data-theme=dark\] \.pic\{([^}]*)\}`} {
		m := regexp.MustCompile(block).FindStringSubmatch(CSS())
		if m == nil {
			t.Fatalf("the style has no %s theme", theme)
		}
		out[theme] = make(map[string]rgb)
		for _, v := range regexp.MustCompile(`--pic-(\w+):#(\w{6});`).FindAllStringSubmatch(m[1], -1) {
			n, err := strconv.ParseUint(v[2], 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			out[theme][v[1]] = rgb{toLinear(n >> 16), toLinear(n >> 8 & 255), toLinear(n & 255)}
		}
	}
	return out
}

func toLinear(n uint64) float64 {
	v := float64(n) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func (c rgb) luminance() float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

func contrast(a, b rgb) float64 {
	x, y := a.luminance(), b.luminance()
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

type matrix [3][3]float64

var sights = map[string]matrix{
	"all colours": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"no red":      {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"no green":    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"no blue":     {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func (m matrix) see(c rgb) (out rgb) {
	for i := range 3 {
		v := m[i][0]*c[0] + m[i][1]*c[1] + m[i][2]*c[2]
		out[i] = math.Min(math.Max(v, 0), 1)
	}
	return out
}

// distance returns the difference of two colours in CIE L*a*b* (1976).
func distance(a, b rgb) float64 {
	p, q := lab(a), lab(b)
	return math.Sqrt((p[0]-q[0])*(p[0]-q[0]) + (p[1]-q[1])*(p[1]-q[1]) + (p[2]-q[2])*(p[2]-q[2]))
}

func lab(c rgb) [3]float64 {
	x := (0.4124*c[0] + 0.3576*c[1] + 0.1805*c[2]) / 0.95047
	y := c.luminance()
	z := (0.0193*c[0] + 0.1192*c[1] + 0.9505*c[2]) / 1.08883
	f := func(v float64) float64 {
		if v > 0.008856 {
			return math.Cbrt(v)
		}
		return 7.787*v + 16.0/116
	}
	return [3]float64{116*f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))}
}
