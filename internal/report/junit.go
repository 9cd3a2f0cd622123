package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/nnvet/nnvet"
)

// The part of JUnit's XML that all readers share: one suite, and of every case
// at most one failure.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitMessage `xml:"skipped"`
		Failure *junitMessage `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit renders a report as a test a pitfall: an error, a warning or a symptom
// fails, and what no check judged is skipped, never passed.
func JUnit(w io.Writer, r *Report, _ Style) error {
	v := look(r)
	suite := junitSuite{Name: "nnvet", Time: seconds(v.trace.Run.Seconds)}
	for _, p := range [][2]string{{"nnvet", v.Version}, {"run", v.ID}, {"verdict", v.verdict()}, {"command", strings.Join(v.Command, " ")}} {
		if p[1] != "" {
			suite.Properties = append(suite.Properties, junitProperty{p[0], clean(p[1])})
		}
	}
	for _, l := range v.lamps {
		suite.add(v.test(l))
	}
	return suite.write(w)
}

// test makes a test of a pitfall.
func (v *view) test(l lamp) junitCase {
	c := junitCase{Name: fmt.Sprintf("%d %v", l.pitfall, l.pitfall), Class: "nnvet.pitfalls", Time: "0"}
	var blocks []string
	var worst *nnvet.Finding
	for _, g := range v.findings() {
		f := g.cause
		if f.Check.Pitfall != l.pitfall {
			continue
		}
		blocks = append(blocks, v.rendered(g))
		if worst == nil || rankOf(f) > rankOf(*worst) {
			worst = &f
		}
	}
	text := strings.Join(blocks, "\n\n")
	switch l.state {
	case notChecked:
		c.Skipped = &junitMessage{Message: clean(l.reason)}
	case failed, warned, symptomOnly:
		c.Failure = &junitMessage{Type: states[l.state].key, Text: "\n" + text + "\n"}
		if worst != nil {
			c.Failure.Message = worst.Check.Name + ": " + sentence(*worst)
		}
	case partly:
		c.Out = strings.TrimSpace("checked in part, without " + l.without() + "\n" + text)
	default:
		c.Out = strings.TrimSpace(clean(l.brief) + "\n" + text)
	}
	return c
}

// rankOf puts causes before symptoms, and then what is worse first.
func rankOf(f nnvet.Finding) int {
	if len(f.Because) > 0 {
		return int(f.Severity)
	}
	return int(f.Severity) + int(nnvet.Error)
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Skipped != nil:
		s.Skipped++
	case c.Failure != nil:
		s.Failures++
	}
	s.Cases = append(s.Cases, c)
}

func (s *junitSuite) write(w io.Writer) error {
	doc, err := xml.MarshalIndent(junitSuites{Suites: []junitSuite{*s}}, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, doc)
	return err
}

// seconds writes a time, 0 where it is not known, since readers want a number.
func seconds(v float64) string {
	if !finite(v) || v < 0 {
		v = 0
	}
	return fmt.Sprintf("%.3f", v)
}

// proofJUnit renders a proof as a test a treatment: it passes where the
// treatment is proven, fails where it is shown not to help, and is skipped where
// that is open.
func proofJUnit(w io.Writer, r *ProofReport, _ Style) error {
	suite := junitSuite{Name: "nnvet prove", Time: seconds(r.Spent.Seconds()), Properties: []junitProperty{{"run", clean(r.Run)}, {"verdict", r.verdict()}, {"answer", clean(r.answer())}}}
	for i := range r.Proofs {
		x := &r.Proofs[i]
		told := clean(verdictOf(&x.Proof)) + ": " + clean(outcome(&x.Proof)+basis(&x.Proof))
		c := junitCase{Name: clean(strings.TrimSpace(x.Name + after(" at ", x.Site) + ": " + x.Treatment.Action)), Class: "nnvet.proofs", Time: "0"}
		switch {
		case x.Verdict == "proven":
			c.Out = told
		case x.Fails():
			c.Failure = &junitMessage{Message: told, Type: clean(x.Verdict)}
		default:
			c.Skipped = &junitMessage{Message: told}
		}
		suite.add(c)
	}
	for _, n := range r.NotTried {
		suite.add(junitCase{Name: clean(n.Name + after(" at ", n.Site)), Class: "nnvet.proofs", Time: "0", Skipped: &junitMessage{Message: "not tried: " + clean(n.Why)}})
	}
	return suite.write(w)
}
