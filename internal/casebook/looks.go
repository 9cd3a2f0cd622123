package casebook

import (
	"fmt"
	"os"
	"time"
)

// LogLook adds a look at the part that scores to the log of them.
func LogLook(path string, at time.Time, why, only string, b *Board) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if only != "" {
		why += " (only " + only + ")"
	}
	s := b.Scores[0]
	_, err = fmt.Fprintf(f, "| %s | %s | %d | %.2f / %.2f | %.2f | %.2f | %s |\n",
		at.UTC().Format("2006-01-02 15:04"), why, b.Runs, s.Seen[0].Mean, s.Seen[1].Mean, s.First[0].Mean, s.F1, percent(s.healthyAlarms()))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
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
