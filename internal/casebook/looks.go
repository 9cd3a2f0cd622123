package casebook

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// LogLook adds a look at the part that scores to the log of them.
func LogLook(path string, at time.Time, why, only string, b *Board) error {
	s := b.Scores[0]
	return logLine(path, at, why, only, fmt.Sprintf("%d | %.2f / %.2f | %.2f | %.2f | %s",
		b.Runs, s.Seen[0].Mean, s.Seen[1].Mean, s.First[0].Mean, s.F1, percent(s.healthyAlarms())))
}

// LogProofs adds a look by proofs, whose figures stand where its reason does.
func LogProofs(path string, at time.Time, why, only string, all []*Attempt) error {
	by := slices.DeleteFunc(slices.Clone(all), func(a *Attempt) bool { return a.By != ByNnvet })
	why += fmt.Sprintf("; proofs of %d cases, whose first fix is proven and closes 80 %%: %s", len(by), share((*Attempt).Mends)(by))
	return logLine(path, at, why, only, fmt.Sprintf("%d cases | - | - | - | -", len(by)))
}

// LogPlacebos likewise.
func LogPlacebos(path string, at time.Time, why, only string, all []Placebo) error {
	n := 0
	for _, p := range all {
		n += int(truth(p.wrong()))
	}
	why += fmt.Sprintf("; placebos: %d of %d reports call one proven", n, len(all))
	return logLine(path, at, why, only, fmt.Sprintf("%d reports | - | - | - | -", len(all)))
}

func logLine(path string, at time.Time, why, only, figures string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if only != "" {
		why += " (only " + only + ")"
	}
	_, err = fmt.Fprintf(f, "| %s | %s | %s |\n", at.UTC().Format("2006-01-02 15:04"), why, figures)
	return errors.Join(err, f.Close())
}

// healthyAlarms returns the share of healthy, odd and mended runs that alarm.
func (s *Marks) healthyAlarms() float64 {
	var sum Rate
	for _, g := range []string{Healthy, Odd, Fixed} {
		sum.Alarmed += s.Alarms[g].Alarmed
		sum.Of += s.Alarms[g].Of
	}
	return sum.share()
}
