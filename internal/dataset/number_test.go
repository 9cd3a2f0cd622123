package dataset

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		text string
		want float64
	}{
		{"0", 0}, {"-0", math.Copysign(0, -1)}, {"+1", 1}, {"1.", 1}, {".5", 0.5}, {"1e3", 1000}, {"-2.5E-3", -0.0025},
		{"9007199254740993", 9007199254740992}, {"9007199254740993.0000001", 9007199254740994}, {"9999999999999999999", 1e19},
		{"0.1234567890123456789", 0.12345678901234568}, {"1e22", 1e22}, {"1e23", 1e23}, {"5e-324", 5e-324}, {"1e-400", 0},
		{"00000000000000000000000000001.5", 1.5}, {"inf", math.Inf(1)}, {"-Infinity", math.Inf(-1)},
	} {
		got, ok := parseNumber([]byte(c.text), '.')
		if !ok || math.Float64bits(got) != math.Float64bits(c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.text, got, ok, c.want)
		}
	}
	for _, text := range []string{"", "-", ".", "e3", "1e", "1e+", "1_000", "0x1p4", "nan", "1,5", "1.2.3", "1 2", "1e999", "--1", "infinit", "1-", "١"} {
		if got, ok := parseNumber([]byte(text), '.'); ok {
			t.Errorf("%q: got %v, want no number", text, got)
		}
	}
	if got, ok := parseNumber([]byte("-1,25e2"), ','); !ok || got != -125 {
		t.Errorf("decimal comma: got %v, %v, want -125", got, ok)
	}
}

// agree compares with strconv, on its own and in a longer text.
func agree(t *testing.T, text string) {
	t.Helper()
	got, ok := parseNumber([]byte(text), '.')
	want, err := strconv.ParseFloat(text, 64)
	// strconv reads more than numbers in a table.
	plain := err == nil && !strings.ContainsAny(text, "_xXpPnN") || strings.HasPrefix(strings.ToLower(strings.TrimLeft(text, "+-")), "inf") && err == nil
	if ok != (plain && len(text) <= 1<<10) && !(plain && hugeExponent(text)) {
		t.Fatalf("%q: got %v, %v, want %v, %v", text, got, ok, want, err)
	}
	if ok && math.Float64bits(got) != math.Float64bits(want) {
		t.Fatalf("%q: got %v, want %v", text, got, want)
	}
	in := []byte(text + ",12345678")
	if v, end, ok := scanNumber(in); ok && plain && end == len(text) && math.Float64bits(v) != math.Float64bits(want) {
		t.Fatalf("%q in a row: got %v, want %v", text, v, want)
	}
}

// hugeExponent tells an exponent of more than four digits, which only strconv reads.
func hugeExponent(text string) bool {
	_, e, _ := strings.Cut(strings.ToLower(text), "e")
	return len(strings.TrimLeft(e, "+-")) > 4
}

func TestNumbersAgreeWithStrconv(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		v := math.Float64frombits(r.Uint64())
		if math.IsNaN(v) {
			continue
		}
		u := r.NormFloat64() * math.Pow(10, float64(r.IntN(8)))
		agree(t, strconv.FormatFloat(v, 'g', -1, 64))
		agree(t, strconv.FormatFloat(u, 'f', r.IntN(18), 64))
		agree(t, strconv.FormatFloat(u, "ge"[r.IntN(2)], -1, 64))
		agree(t, strconv.FormatUint(r.Uint64()>>r.IntN(64), 10)+"e-"+strconv.Itoa(r.IntN(24)))
		// The middle between two neighbours decides on rounding to even.
		agree(t, strconv.FormatFloat(float64(1<<53)+float64(2*r.IntN(1000)), 'f', 0, 64)[:15]+"1.5")
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1.5", "-0.1234567890123456789", "9007199254740993e-3", "1e22", "1_0", "0x1p4", "inf", "nan", "+.5e-7"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { agree(t, s) })
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		text string
		form dateForm
		want float64 // -1: no date of this form
	}{
		{"1970-01-02", yearFirst, 86400}, {"1970/1/2", yearFirst, 86400}, {"1970-01-01T00:00:01.5", yearFirst, 1.5},
		{"1970-01-01 01:00:00+0100", yearFirst, 0}, {"1970-01-01T00:00-01", yearFirst, 3600}, {"1970-Jan-02", yearFirst, 86400},
		{"1/2/1970", monthFirst, 86400}, {"Jan 2, 1970", monthFirst, 86400}, {"January 2 1970 12:30 AM", monthFirst, 86400 + 1800}, {"1/2/1970 1:00 PM", monthFirst, 86400 + 13*3600},
		{"2.1.1970", dayFirst, 86400}, {"02-Jan-1970", dayFirst, 86400}, {"Fri, 02 Jan 1970 00:00:00 GMT", dayFirst, 86400}, {"2 sept 1970", dayFirst, 244 * 86400},
		{"1.2.1970", monthFirst, -1}, {"2024-02-30", yearFirst, -1}, {"2024-13-01", yearFirst, -1}, {"2024-01", yearFirst, -1}, {"20240101", yearFirst, -1},
		{"1/2-1970", dayFirst, -1}, {"2024-01-01T25:00", yearFirst, -1}, {"2024-01-01 x", yearFirst, -1}, {"May be 2024", monthFirst, -1}, {"1 2 1970", dayFirst, -1},
	} {
		got, ok := parseDate([]byte(c.text), c.form)
		if want := c.want; ok != (want != -1) || ok && got != want {
			t.Errorf("%s as %v: got %v, %v, want %v", c.text, c.form, got, ok, want)
		}
	}
}
