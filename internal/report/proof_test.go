package report

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nnvet/nnvet"
)

// proofCases are the proofs that goldens and invariants are about.
var proofCases = []struct {
	name  string
	build func() *ProofReport
}{
	{"proof-proven", provenReport},
	{"proof-several", severalReport},
	{"proof-unproven", unprovenReport},
	{"proof-budget", func() *ProofReport {
		return &ProofReport{Run: "7f3ac1", Command: []string{"python", "train.py"}, Trainings: 2, Spent: 61 * time.Second, Short: "the time of 1m0s was up"}
	}},
	{"proof-untried", func() *ProofReport {
		return &ProofReport{
			Run: "7f3ac1", Command: []string{"python", "train.py"}, Scale: "skill", Split: nnvet.Validation, Trainings: 3, Spent: time.Second,
			Left: []string{"too-narrow"}, NotTried: notTried(),
		}
	}},
	{"proof-unasked", func() *ProofReport {
		return &ProofReport{Run: "7f3ac1", Command: []string{"a.yaml"}, Trainings: 3, Spent: time.Second, Left: []string{"lr-too-low"}}
	}},
	{"proof-nothing", func() *ProofReport {
		return &ProofReport{Run: "81c0d2", Command: []string{"wine.yaml"}, Scale: "skill", Split: nnvet.Validation, Trainings: 3, Spent: 40 * time.Millisecond, Healthy: true}
	}},
	{"proof-hostile", hostileProof},
	{"proof-not-finite", notFiniteProof},
}

func notTried() []NotTried {
	return []NotTried{
		{"NN1101", "too-narrow", "fc1", "depth and width come last: lr-too-high is found, and stands before them", "mend that first, or give --force"},
		{"NN0401", "overfitting", "", "no machine can make this change", "get more data, or stop at step 400"},
	}
}

// rated is a rate that was raced, as a check or the dose of one sets it.
func rated(action, from, to string, scores ...float64) nnvet.Raced {
	return nnvet.Raced{Action: action, Settings: []nnvet.Setting{{Name: "lr", From: from, To: to}}, Scores: scores}
}

// lowRate is a learning rate that was far too low.
func lowRate() Proof {
	p := Proof{Check: "NN0602", Name: "lr-too-low", Message: "the learning rate is too low: a typical step changes the weights by 0.0037 % of their norm; the loss ends at 1.07, where predicting the class shares gives 1.09"}
	p.Proof = nnvet.Proof{
		Verdict: "proven", Written: true, Scale: "skill", Split: nnvet.Validation, Before: -0.01, After: 0.93, Lo: 0.88, Hi: 0.99, P: 0.0195, Seeds: 8,
		Treatment: nnvet.Treatment{Action: "set the learning rate to 0.0015", Settings: []nnvet.Setting{{Name: "lr", From: "1e-05", To: "0.0015"}}},
		Figures:   []nnvet.Told{{Name: "accuracy", Before: 0.271, After: 0.969}, {Name: "loss", Before: 1.1, After: 0.077}},
		Raced: []nnvet.Raced{
			rated("raise the learning rate from 1e-5 to 0.0005", "1e-05", "0.0005", 0.56, 0.55, 0.57),
			rated("set the learning rate to 5e-05", "1e-05", "5e-05", 0.01),
			rated("set the learning rate to 0.00015", "1e-05", "0.00015", 0.1),
			rated("set the learning rate to 0.0015", "1e-05", "0.0015", 0.91, 0.9, 0.94),
			rated("set the learning rate to 0.5", "1e-05", "0.5", -1, math.NaN(), -1),
		},
	}
	for i := range 60 {
		p.Without = append(p.Without, 1.11-0.0005*float64(i))
		p.With = append(p.With, 0.08+math.Exp(-float64(i)/15))
	}
	return p
}

func provenReport() *ProofReport {
	return &ProofReport{
		Version: "0.1.0", Run: "fae51f", Command: []string{"low.yaml"}, Scale: "skill", Split: nnvet.Validation, Proofs: []Proof{lowRate()},
		Healthy: true, Files: []string{"low.yaml"}, Diff: "--- a/low.yaml\n+++ b/low.yaml\n", Trainings: 30, Spent: 320 * time.Millisecond,
	}
}

// severalReport has two fixes that help, one that is idle, one that was stopped,
// and rates that were raced again.
func severalReport() *ProofReport {
	missed := 0.31
	standardized := Proof{Check: "NN0101", Name: "input-not-normalized", Message: "inputs reach the network as raw pixels, std 79 instead of 1"}
	inputs := nnvet.Setting{Name: "inputs", To: "standardize"}
	with := func(action, to string, scores ...float64) nnvet.Raced {
		return nnvet.Raced{Action: action, Settings: []nnvet.Setting{inputs, {Name: "lr", From: "0.1", To: to}}, Scores: scores}
	}
	standardized.Proof = nnvet.Proof{
		Verdict: "proven", Written: true, Scale: "skill", Split: nnvet.Validation, Before: 0.22, After: 0.7, Lo: 0.4, Hi: 0.55, P: 0.0195, Seeds: 8, Missed: &missed,
		Treatment: nnvet.Treatment{Action: "standardize the inputs, and set the learning rate to 0.01", Settings: []nnvet.Setting{inputs, {Name: "lr", From: "0.1", To: "0.01"}}},
		Against:   "the training without it, at the learning rate that suits that best: 0.001",
		Figures:   []nnvet.Told{{Name: "accuracy", Before: 0.45, After: 0.81}, {Name: "loss", Before: math.NaN(), After: 0.6}},
		Raced: []nnvet.Raced{
			{Action: "standardize the inputs", Settings: []nnvet.Setting{inputs}, Scores: []float64{0.4}},
			{Action: "divide the inputs by 255", Settings: []nnvet.Setting{{Name: "inputs", To: "/255"}}, Scores: []float64{0.38}},
			{Action: "standardize the inputs", Settings: []nnvet.Setting{inputs}, Scores: []float64{0.4, 0.41, 0.39}},
			with("standardize the inputs, and set the learning rate to 0.01", "0.01", 0.7, 0.71, 0.7),
			with("standardize the inputs, and set the learning rate to 0.03", "0.03", 0.6),
			with("standardize the inputs, and set the learning rate to 1", "1", -1),
		},
		Without: []float64{3, 4, math.Inf(1), math.NaN(), math.NaN()}, With: []float64{2.3, 1.2, 0.9, 0.7, 0.6},
	}
	clip := Proof{Check: "NN0804", Name: "exploding-gradients", Site: "fc1.weight", Message: "gradients grow to 3e4"}
	clip.Proof = nnvet.Proof{
		Verdict: "proven", Idle: true, Scale: "skill", Split: nnvet.Validation, Before: 0.7, After: 0.75, Lo: 0.02, Hi: 0.08, P: 0.0391, Seeds: 10, Written: true,
		Treatment: nnvet.Treatment{Action: "clip the gradients at norm 1", Settings: []nnvet.Setting{{Name: "clip", To: "1"}}},
	}
	loss := Proof{Check: "NN0703", Name: "softmax-twice", Message: "softmax feeds cross_entropy, which applies a softmax of its own"}
	loss.Proof = nnvet.Proof{
		Verdict: "proven", Scale: "skill of answers", Split: nnvet.Validation, Before: 0.75, After: 0.93, Lo: 0.1, Hi: 0.2, P: 0.0195, Seeds: 8,
		Treatment: nnvet.Treatment{Action: "give the loss the raw outputs", Settings: []nnvet.Setting{{Name: "final activation", To: "none"}}},
		Figures:   []nnvet.Told{{Name: "accuracy", Before: 0.84, After: 0.95}},
		Without:   []float64{2.3, 2, 1.8}, With: []float64{2.3, 1, 0.2},
	}
	stopped := Proof{Check: "NN0502", Name: "batch-too-small", Message: "batches of 2"}
	stopped.Proof = nnvet.Proof{Verdict: "not tried", Why: "the time was up before it could be proven", Treatment: nnvet.Treatment{Action: "raise the batch to 16"}}
	return &ProofReport{
		Version: "0.1.0", Run: "7f3ac1", Command: []string{"python", "train.py"}, Scale: "skill", Split: nnvet.Validation, Proofs: []Proof{standardized, clip, loss, stopped},
		NotTried: notTried(), Left: []string{"too-narrow"}, Files: []string{"train.py", "net.py"}, Trainings: 130, Spent: 252 * time.Second, Short: "the time of 4m0s was up",
	}
}

// unprovenReport has one fix of every verdict that is no proof.
func unprovenReport() *ProofReport {
	fix := func(check, name, verdict, action string, before, after, lo, hi float64, more int) Proof {
		p := Proof{Check: check, Name: name, Message: "a fault of " + name}
		p.Proof = nnvet.Proof{Verdict: verdict, Scale: "skill", Split: nnvet.Train, Before: before, After: after, Lo: lo, Hi: hi, P: 0.2, Seeds: 10, More: more, Written: true, Treatment: nnvet.Treatment{Action: action}}
		return p
	}
	early := fix("NN0804", "exploding-gradients", "inconclusive", "clip the gradients at norm 1", 0.5, 0.6, math.Inf(-1), math.Inf(1), 6)
	early.Seeds, early.Why = 2, "the time left is not enough for 12 trainings more"
	return &ProofReport{
		Run: "7f3ac1", Command: []string{"python", "train.py"}, Scale: "skill", Split: nnvet.Train, Trainings: 60, Spent: 90 * time.Second,
		Left: []string{"batch-too-small", "weights-off-their-law", "unregularized"},
		Proofs: []Proof{
			fix("NN0502", "batch-too-small", "inconclusive", "raise the batch to 16", 0.61, 0.66, -0.02, 0.12, 14),
			fix("NN0905", "weights-off-their-law", "no effect", "initialize as He et al.", 0.61, 0.61, -0.01, 0.012, 0),
			fix("NN0402", "unregularized", "worse", "drop half of the units", 0.61, 0.4, -0.3, -0.1, 0),
			fix("NN0603", "no-schedule", "inconclusive", "let the rate fall", 0.61, 0.612, -0.2, 0.2, hopeless),
			early,
		},
	}
}

// hostileProof is a proof in which every text tries to break the report.
func hostileProof() *ProofReport {
	long := strings.Repeat("very_long_name.", 700)
	x := Proof{Check: evil, Name: evil, Site: long, Message: evil + long}
	setting := nnvet.Setting{Name: evil, Site: long, From: evil, To: long}
	x.Proof = nnvet.Proof{
		Verdict: "proven", Why: evil, Treatment: nnvet.Treatment{Action: evil + long, Settings: []nnvet.Setting{setting}}, Scale: "metric", Split: nnvet.Train,
		Before: 1, After: 2, Seeds: 6, Against: evil, Figures: []nnvet.Told{{Name: evil, Before: 1, After: 2}, {Name: long, Before: 1, After: 1e300}},
		Raced:   []nnvet.Raced{{Action: evil, Settings: []nnvet.Setting{setting}, Scores: []float64{1}}, {Action: long, Scores: []float64{2, 3}}, {Action: "", Scores: nil}},
		Without: []float64{1}, With: []float64{-math.MaxFloat64, math.MaxFloat64},
	}
	dosed := x
	dosed.Raced = []nnvet.Raced{rated(evil, evil, "1e400", 1), rated(long, "", "nan", 1), rated("c", long, "0.1", 1e300, -1e300)}
	dosed.Verdict, dosed.Seeds = "inconclusive", 0
	return &ProofReport{
		Version: evil, Run: evil, Command: []string{evil, long}, Scale: "metric", Split: evil, Proofs: []Proof{x, dosed}, Short: evil,
		NotTried: []NotTried{{evil, long, evil, evil, long}}, Left: []string{evil, long}, Files: []string{evil, long}, Diff: evil,
	}
}

// notFiniteProof is a proof in which every figure is NaN or infinite.
func notFiniteProof() *ProofReport {
	r := &ProofReport{Run: "aa", Scale: "skill", Split: nnvet.Validation}
	for _, verdict := range []string{"proven", "no effect", "worse", "inconclusive"} {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			x := Proof{Check: "NN0602", Name: "lr-too-low", Message: "it is"}
			x.Proof = nnvet.Proof{
				Verdict: verdict, Seeds: 6, Before: v, After: v, Lo: v, Hi: v, P: v, Scale: "skill", Split: nnvet.Validation, Treatment: nnvet.Treatment{Action: "do"},
				Figures: []nnvet.Told{{Name: "accuracy", Before: v, After: v}, {Name: "loss", Before: v, After: v}},
				Raced:   []nnvet.Raced{rated("a", "", "1", v), rated("b", "", "2", v, 1), rated("c", "", "3", 0)},
				Without: []float64{v, v}, With: []float64{1, v, 2},
			}
			r.Proofs = append(r.Proofs, x)
		}
	}
	return r
}

func proofText(t *testing.T, format string, r *ProofReport, s Style) string {
	t.Helper()
	var b bytes.Buffer
	for _, f := range Formats {
		if f.Name == format {
			if err := f.Proof(&b, r, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.String()
}

func TestProofGolden(t *testing.T) {
	for _, c := range proofCases {
		if c.name == "proof-hostile" || c.name == "proof-not-finite" {
			continue // the invariants say what matters of these
		}
		r := c.build()
		golden(t, c.name+".txt", proofText(t, "text", r, Style{}))
		if c.name != "proof-proven" && c.name != "proof-several" {
			continue
		}
		golden(t, c.name+".60.txt", proofText(t, "text", r, Style{Width: 60}))
		golden(t, c.name+".ascii.txt", proofText(t, "text", r, Style{ASCII: true}))
		golden(t, c.name+".linear.txt", proofText(t, "text", r, Style{Linear: true}))
		for _, f := range Formats[1:] {
			golden(t, c.name+"."+f.Name, proofText(t, f.Name, r, Style{}))
		}
	}
}

func TestProofInvariants(t *testing.T) {
	for _, c := range proofCases {
		for _, columns := range []int{40, 60, 80, 120} {
			for _, s := range []Style{{}, {ASCII: true}, {Linear: true}, {ASCII: true, Linear: true}} {
				s.Width = columns
				t.Run(fmt.Sprintf("%s/%+v", c.name, s), func(t *testing.T) { proofInvariants(t, c.build(), s) })
			}
		}
	}
}

// proofInvariants are what holds of every proof, whatever it is about.
func proofInvariants(t *testing.T, r *ProofReport, s Style) {
	t.Helper()
	got := proofText(t, "text", r, s)
	colored := s
	colored.Color = true
	if plain := sgrCodes.ReplaceAllString(proofText(t, "text", r, colored), ""); plain != got {
		t.Errorf("without its colours the text is\n%s\nwant\n%s", plain, got)
	}
	if !strings.HasPrefix(got, "nnvet: ") || !strings.HasSuffix(got, "\n") {
		t.Errorf("the text does not begin with the answer, or not end with a line:\n%s", got)
	}
	for line := range strings.Lines(got) {
		oneLine(t, strings.TrimSuffix(line, "\n"), s)
	}
	for _, format := range []string{"concise", "agent"} {
		for line := range strings.Lines(proofText(t, format, r, s)) {
			oneLine(t, strings.TrimSuffix(line, "\n"), Style{Width: math.MaxInt})
		}
	}
}

// TestProofAnswer holds that the first line is the answer.
func TestProofAnswer(t *testing.T) {
	for _, c := range proofCases[:7] {
		want := map[string]string{
			"proof-proven":   "proven: set the learning rate to 0.0015: accuracy 27.1 % → 96.9 % on validation rows",
			"proof-several":  "proven: standardize the inputs, and set the learning rate to 0.01; and give the loss the raw outputs: accuracy 45.0 % → 95.0 % on validation rows",
			"proof-unproven": "not proven: nothing that was tried is shown to help: raise the batch to 16: inconclusive (score 0.61 → 0.66; about 14 more seeds would tell (--seeds 14)); and 4 more",
			"proof-budget":   "nothing was tried: the time of 1m0s was up, after 2 trainings",
			"proof-untried":  "nothing was tried: too-narrow: depth and width come last: lr-too-high is found, and stands before them; and 1 more",
			"proof-unasked":  "nothing was tried: what is found was not asked for: lr-too-low",
			"proof-nothing":  "nothing to prove: the training shows no problem; nnvet sweep lr tells whether another learning rate does better",
		}[c.name]
		if got := c.build().answer(); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

// TestGain holds that the figure of the answer is one that shows the gain.
func TestGain(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		scale   string
		figures []nnvet.Told
		want    string
	}{
		{"skill", nil, "skill 0.10 → 0.50 on validation rows"},
		{"skill", []nnvet.Told{{Name: "accuracy", Before: 0.9, After: 0.9}, {Name: "loss", Before: 0.5, After: 0.1}}, "loss 0.5 → 0.1 on validation rows"},
		{"skill", []nnvet.Told{{Name: "accuracy", Before: nan, After: 0.9}, {Name: "loss", Before: nan, After: 0.1}}, "loss NaN → 0.1 on validation rows"},
		{"skill", []nnvet.Told{{Name: "R²", Before: -0.1, After: 0.45}}, "R² -0.10 → 0.45 on validation rows"},
		{"metric", []nnvet.Told{{Name: "val_mae", Before: 12, After: 3}}, "val_mae 12 → 3"},
		{"metric", []nnvet.Told{{Name: "accuracy", Before: 0.9, After: 0.901}}, "accuracy 90.0 % → 90.1 %"},
	} {
		x := &nnvet.Proof{Scale: c.scale, Split: nnvet.Validation, Before: 0.1, After: 0.5, Figures: c.figures}
		if got := gain(x, x); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.figures, got, c.want)
		}
	}
}

// provenFindings is a run of which two fixes were tried: the second is proven.
func provenFindings(t *testing.T) *Report {
	r := undecided(t)
	rate, updates := lowRate().Proof, unprovenReport().Proofs[0].Proof
	for i := range r.Result.Findings {
		switch f := &r.Result.Findings[i]; f.Check.ID {
		case "NN0602":
			f.Treatments = []nnvet.Treatment{{Action: "warm up"}, {Action: "raise the learning rate to 0.0005", Settings: []nnvet.Setting{{Name: "lr", To: "0.0005"}}}}
			f.Proof = &rate
		case "NN0503":
			f.Proof = &updates
		}
	}
	return r
}

// refutedFindings is a run of which nothing that was tried helped.
func refutedFindings(t *testing.T) *Report {
	r := undecided(t)
	none, harm, never := unprovenReport().Proofs[1].Proof, unprovenReport().Proofs[2].Proof, severalReport().Proofs[3].Proof
	for i, x := range []*nnvet.Proof{&none, &harm, &never} {
		f := &r.Result.Findings[i]
		f.Treatments, f.Proof = []nnvet.Treatment{x.Treatment}, x
	}
	return r
}
