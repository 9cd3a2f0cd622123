package main

import "github.com/spf13/cobra"

// trials adds the flags of all commands that train again.
func (p *proving) trials(cmd *cobra.Command) {
	p.add(cmd)
	f := cmd.Flags()
	f.DurationVar(&p.budget, "budget", 0, "the most `time` to spend, as 10m")
	f.StringVar(&p.metric, "metric", "", "judge by this `figure` that the program prints, not by the loss; min:NAME where less is better and the name does not say so")
	f.IntVar(&p.jobs, "jobs", 0, "trainings at once (default: one a core, on one thread each)")
	f.BoolVar(&p.inPlace, "in-place", false, "run in the working directory itself: what the program writes is written")
	f.BoolVar(&p.again, "again", false, "forget what this command has trained of the run before")
}

// last adds the flag that goes on to depth and width too early. What it does then
// is said as doing: "sweep".
func (p *proving) last(cmd *cobra.Command, doing string) {
	cmd.Flags().BoolVar(&p.force, "force", false, doing+" depth and width although a fault before them is found")
}

// chosen adds the flag that names checks. What is done about them is said as doing.
func (p *proving) chosen(cmd *cobra.Command, doing string) {
	cmd.Flags().StringSliceVar(&p.only, "only", nil, doing+" these `checks` alone")
	complete(cmd, "only", names(nil)...)
}
