package script

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
)

// The environment of every trial, besides the user's. A program that switches
// its tracker on against these is overruled by the probe (isolate.py).
func quiet(dir string) []string {
	return []string{
		"WANDB_MODE=disabled",
		"MLFLOW_TRACKING_URI=file:" + dir + "/mlruns", "MLFLOW_REGISTRY_URI=file:" + dir + "/mlruns",
		"MLFLOW_ALLOW_FILE_STORE=true", "MLFLOW_DISABLE_TELEMETRY=true", // since MLflow 3, which refuses files otherwise
		"DO_NOT_TRACK=1",                              // what many libraries ask before they count their users
		"COMET_MODE=DISABLED", "COMET_START_ONLINE=0", // the second since comet_ml 3.44
		"NEPTUNE_MODE=offline", // what neptune and neptune-scale both know; kept in the working directory
		"CLEARML_OFFLINE_MODE=1", "CLEARML_CACHE_DIR=" + dir + "/clearml",
		"HF_HUB_OFFLINE=1", // what was loaded once is read from its cache; nothing is sent
		"HF_HUB_DISABLE_TELEMETRY=1",
		"MPLBACKEND=Agg", // plt.show() opens no window, and waits for nobody
		"TMPDIR=" + dir + "/tmp",
		"PYTHONDONTWRITEBYTECODE=1", // modules outside the copy would be compiled beside themselves
	}
}

// environ returns the environment of the trial.
func (t *trial) environ() []string {
	env := t.watch().Environ(os.Environ())
	out := env[:0:0]
	for _, kv := range env {
		if !strings.HasPrefix(kv, "NNVET_") {
			out = append(out, kv)
		}
	}
	out = append(out, hashSeed()...)
	out = append(out, quiet(t.dir)...)
	out = append(out, "PWD="+t.home())
	for _, kv := range t.watch().Environ(nil) {
		if strings.HasPrefix(kv, "NNVET_") {
			out = append(out, kv)
		}
	}
	if t.bench.tree != nil {
		out = append(out, "NNVET_TRIAL="+t.dir, "NNVET_TRIAL_OF="+t.bench.program.Dir)
	}
	if t.order.Seed != 0 {
		out = append(out, "NNVET_SEED="+strconv.FormatInt(t.order.Seed, 10))
	}
	if t.order.Steps > 0 {
		out = append(out, "NNVET_STEPS="+strconv.FormatInt(t.order.Steps, 10))
	}
	if len(t.order.Settings) > 0 {
		out = append(out, "NNVET_TREAT="+t.settings())
	}
	return out
}

// hashSeed gives all trials the same order of the entries of sets of strings,
// which Python draws anew for every process.
func hashSeed() []string {
	if os.Getenv("PYTHONHASHSEED") != "" {
		return nil
	}
	return []string{"PYTHONHASHSEED=0"}
}

func (t *trial) settings() string {
	type setting struct {
		Name string          `json:"name"`
		Site string          `json:"site"`
		From string          `json:"from"`
		To   string          `json:"to"`
		How  json.RawMessage `json:"how,omitempty"`
	}
	var all []setting
	for _, s := range t.order.Settings {
		all = append(all, setting{s.Name, s.Site, s.From, s.To, t.order.Known})
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "[]" // strings have no other form
	}
	return string(b)
}
