package dataset

// missing knows the texts that stand for no value.
type missing struct {
	texts map[string]bool
	// digits tells that one of them is a number, like -999.
	digits bool
}

// usual are the texts that pandas, R, SQL and Weka write for no value, and
// what spreadsheets make of them.
var usual = [...]string{"", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NAN", "null", "NULL", "Null", "None", "NaT", "?"}

func newMissing(more []string) missing {
	m := missing{texts: make(map[string]bool, len(usual)+len(more))}
	for _, s := range usual {
		m.texts[s] = true
	}
	for _, s := range more {
		m.texts[s] = true
		m.digits = m.digits || isNumber(s)
	}
	return m
}

func (m missing) has(text []byte) bool { return len(text) == 0 || m.texts[string(text)] }

// hasNumber is has for what may be a number; it costs nothing where none of
// the texts is one.
func (m missing) hasNumber(text []byte) bool { return m.digits && m.has(text) }
