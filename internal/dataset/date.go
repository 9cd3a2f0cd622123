package dataset

import (
	"bytes"
	"time"
)

// A dateForm is the order in which a date is written.
type dateForm uint8

const (
	yearFirst  dateForm = iota // 2024-01-31, 2024/1/31, with a time behind: ISO 8601 and its kin
	monthFirst                 // 1/31/2024, Jan 31, 2024
	dayFirst                   // 31.1.2024, 31/1/2024, 31 Jan 2024, Wed, 31 Jan 2024 15:04:05 GMT
	dateForms
)

func (f dateForm) String() string {
	return [...]string{"year-month-day", "month/day/year", "day/month/year"}[f]
}

// parseDate returns the seconds since 1970 of a date, with or without a time
// of the day. A time without a zone is in UTC.
func parseDate(b []byte, form dateForm) (float64, bool) {
	const shortest, longest = len("1/1/2000"), 48
	if len(b) < shortest || len(b) > longest {
		return 0, false
	}
	t := dateText{rest: b}
	t.skipWeekday()
	year, month, day, ok := t.date(form)
	if !ok {
		return 0, false
	}
	midnight := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if midnight.Day() != day { // February 30
		return 0, false
	}
	seconds, ok := t.timeOfDay()
	return float64(midnight.Unix()) + seconds, ok
}

// A dateText is what is left to read of a date.
type dateText struct{ rest []byte }

func (t *dateText) skipWeekday() {
	if i := bytes.IndexByte(t.rest, ','); i >= 3 && i <= 9 && letters(t.rest) == i {
		t.rest = bytes.TrimLeft(t.rest[i+1:], " ")
	}
}

// date reads the three parts of a date.
func (t *dateText) date(form dateForm) (year, month, day int, ok bool) {
	var parts [3]part
	var between [2]byte
	for i := range parts {
		if parts[i], ok = t.part(); !ok {
			return 0, 0, 0, false
		}
		if i < 2 {
			if between[i], ok = t.separator(); !ok {
				return 0, 0, 0, false
			}
		}
	}
	named := parts[0].named || parts[1].named
	if !named && (between[0] != between[1] || between[0] == ' ' || between[0] == ',') {
		return 0, 0, 0, false
	}
	y, m, d := parts[0], parts[1], parts[2]
	switch form {
	case monthFirst:
		m, d, y = parts[0], parts[1], parts[2]
		ok = named || between[0] != '.' // with dots the day is always first
	case dayFirst:
		d, m, y = parts[0], parts[1], parts[2]
	}
	ok = ok && !y.named && y.digits == 4 && y.value > 0 && !d.named && d.digits <= 2 && m.digits <= 2 &&
		m.value >= 1 && m.value <= 12 && d.value >= 1 && d.value <= 31
	return y.value, m.value, d.value, ok
}

// A part of a date: digits, or the name of a month.
type part struct {
	value, digits int
	named         bool
}

func (t *dateText) part() (part, bool) {
	if n := letters(t.rest); n > 0 {
		month := monthNamed(t.rest[:n])
		t.rest = t.rest[n:]
		return part{value: month, named: true}, month > 0
	}
	v, n := t.digits(4)
	return part{value: v, digits: n}, n > 0
}

// digits reads up to most digits, and fails with n = 0 where there are more.
func (t *dateText) digits(most int) (v, n int) {
	for n < len(t.rest) && t.rest[n]-'0' <= 9 {
		if n == most {
			return 0, 0
		}
		v = v*10 + int(t.rest[n]-'0')
		n++
	}
	t.rest = t.rest[n:]
	return v, n
}

func (t *dateText) separator() (byte, bool) {
	if len(t.rest) == 0 || bytes.IndexByte([]byte("-/. ,"), t.rest[0]) < 0 {
		return 0, false
	}
	c := t.rest[0]
	t.rest = t.rest[1:]
	if c == ',' || c == '.' { // Jan 31, 2024
		t.rest = bytes.TrimLeft(t.rest, " ")
	}
	return c, true
}

// timeOfDay reads "", "T15:04", " 15:04:05.123Z", " 3:04 PM", " 15:04:05 +01:00",
// and returns the seconds since midnight in UTC.
func (t *dateText) timeOfDay() (float64, bool) {
	if len(t.rest) == 0 {
		return 0, true
	}
	if t.rest[0] != 'T' && t.rest[0] != ' ' && t.rest[0] != 't' {
		return 0, false
	}
	t.rest = t.rest[1:]
	hours, n := t.digits(2)
	if n == 0 || !t.take(':') {
		return 0, false
	}
	minutes, n := t.digits(2)
	if n != 2 || minutes > 59 {
		return 0, false
	}
	seconds := 0.0
	if t.take(':') {
		whole, n := t.digits(2)
		if n != 2 || whole > 60 {
			return 0, false
		}
		seconds = float64(whole) + t.fraction()
	}
	hours, ok := t.halfOfDay(hours)
	zone, known := t.zone()
	return float64(hours*3600+minutes*60) + seconds - zone, ok && known
}

func (t *dateText) take(c byte) bool {
	if len(t.rest) == 0 || t.rest[0] != c {
		return false
	}
	t.rest = t.rest[1:]
	return true
}

func (t *dateText) fraction() float64 {
	if !t.take('.') {
		return 0
	}
	v, n := t.digits(9)
	return float64(v) / pow10[n]
}

// halfOfDay applies AM and PM to hours.
func (t *dateText) halfOfDay(hours int) (int, bool) {
	half := bytes.ToUpper(bytes.TrimLeft(t.rest, " "))
	am, pm := bytes.HasPrefix(half, []byte("AM")), bytes.HasPrefix(half, []byte("PM"))
	if !am && !pm {
		return hours, hours < 24
	}
	t.rest = bytes.TrimLeft(t.rest, " ")[2:]
	if pm {
		return hours%12 + 12, hours >= 1 && hours <= 12
	}
	return hours % 12, hours >= 1 && hours <= 12
}

// zone reads Z, UTC, GMT, +01, +0100 or +01:00 to the end, and returns seconds
// east of Greenwich.
func (t *dateText) zone() (float64, bool) {
	z := bytes.TrimLeft(t.rest, " ")
	switch string(z) {
	case "", "Z", "z", "UTC", "GMT":
		return 0, true
	}
	if z[0] != '+' && z[0] != '-' {
		return 0, false
	}
	sign := 1.0
	if z[0] == '-' {
		sign = -1
	}
	digits := bytes.Replace(z[1:], []byte(":"), nil, 1)
	in := dateText{rest: digits}
	v, n := in.digits(4)
	switch n {
	case 2:
		v *= 100
	case 4:
	default:
		return 0, false
	}
	ok := len(in.rest) == 0 && v/100 <= 15 && v%100 < 60
	return sign * float64(v/100*3600+v%100*60), ok
}

func letters(b []byte) int {
	n := 0
	for n < len(b) && (b[n]|0x20)-'a' < 26 {
		n++
	}
	return n
}

// monthNamed returns the month whose English name begins with at least three
// letters of name, or 0.
func monthNamed(name []byte) int {
	for m := time.January; m <= time.December; m++ {
		full := m.String()
		if len(name) >= 3 && len(name) <= len(full) && bytes.EqualFold(name, []byte(full[:len(name)])) || m == time.September && bytes.EqualFold(name, []byte("sept")) {
			return int(m)
		}
	}
	return 0
}
