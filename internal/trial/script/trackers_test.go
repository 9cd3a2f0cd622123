package script

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// tracked returns a Python that has the trackers, as tools/trackers.sh installs
// them.
func tracked(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("NNVET_TEST_TRACKERS"); path != "" {
		return path
	}
	out, err := exec.Command("../../../tools/trackers.sh", "--find").Output()
	if err != nil {
		t.Skip("no Python with wandb, mlflow, comet_ml, neptune, clearml, tensorboard: tools/trackers.sh installs one, and NNVET_TEST_TRACKERS names one")
	}
	return strings.TrimSpace(string(out))
}

// heard tells in the output what a program opens, and what it starts.
const heard = `
import sys
def hook(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        sys.stderr.write("CONNECTS %r\n" % (args[1],))
    elif event == "socket.getaddrinfo" and args[0]:
        sys.stderr.write("ASKS FOR %r\n" % (args[0],))
sys.addaudithook(hook)
`

// trackers are programs that ask for their tracker as loudly as they can. HOME
// stands for the user's home, SERVER for an address where somebody listens.
var trackers = map[string]string{
	"wandb": `
import wandb
wandb.login(key="a" * 40)
run = wandb.init(project="p", mode="online", dir="HOME")
for i in range(3): wandb.log({"loss": i})
wandb.save("train.py")
wandb.finish()
`,
	"mlflow": `
import mlflow
mlflow.set_tracking_uri("SERVER")
mlflow.set_experiment("p")
mlflow.autolog()
with mlflow.start_run():
    mlflow.log_param("lr", 0.1)
    for i in range(3): mlflow.log_metric("loss", i, step=i)
    open("note.txt", "w").write("x"); mlflow.log_artifact("note.txt")
`,
	"mlflow client": `
from mlflow.tracking import MlflowClient
c = MlflowClient(tracking_uri="SERVER")
e = c.create_experiment("p")
r = c.create_run(e)
c.log_metric(r.info.run_id, "loss", 1.0)
`,
	"comet_ml": `
import comet_ml
e = comet_ml.Experiment(api_key="a" * 25, project_name="p", workspace="w")
for i in range(3): e.log_metric("loss", i)
e.end()
`,
	"comet_ml start": `
import comet_ml
e = comet_ml.start(api_key="a" * 25, project_name="p", workspace="w", online=True)
for i in range(3): e.log_metric("loss", i)
e.end()
`,
	"neptune": `
import neptune
run = neptune.init_run(project="w/p", api_token="eyJhcGlfYWRkcmVzcyI6Imh0dHA6Ly8xMjcuMC4wLjE6OSJ9", mode="async")
for i in range(3): run["loss"].append(i)
run.stop()
`,
	"clearml": `
from clearml import Task
Task.set_offline(offline_mode=False)
task = Task.init(project_name="p", task_name="t")
for i in range(3): task.get_logger().report_scalar("loss", "train", i, i)
task.close()
`,
	"tensorboard": `
from torch.utils.tensorboard import SummaryWriter
for place in ("HOME/runs", "runs"):
    w = SummaryWriter(place)
    for i in range(3): w.add_scalar("loss", i, i)
    w.close()
`,
	"tensorboardX": `
from tensorboardX import SummaryWriter
for place in ("HOME/runs", "runs"):
    w = SummaryWriter(place)
    for i in range(3): w.add_scalar("loss", i, i)
    w.close()
`,
}

// TestTrackers: a trial of a program that tracks itself with a real library ends
// well, writes nothing where the user's files are, opens no connection, and
// leaves no process, whose end the bench checks.
func TestTrackers(t *testing.T) {
	py := tracked(t)
	for name, text := range trackers {
		t.Run(name, func(t *testing.T) {
			server, calls := listen(t)
			root := project(t, map[string]string{"home/kept.txt": "kept", "proj/data.txt": "data"})
			dir, home := filepath.Join(root, "proj"), filepath.Join(root, "home")
			t.Setenv("HOME", home)
			t.Setenv("CLEARML_API_HOST", server)
			t.Setenv("CLEARML_API_ACCESS_KEY", "a")
			t.Setenv("CLEARML_API_SECRET_KEY", "a")
			for _, proxy := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
				t.Setenv(proxy, server)
			}
			text := heard + strings.NewReplacer("HOME", home, "SERVER", server).Replace(text) + "print('came to its end')\n"
			if err := os.WriteFile(filepath.Join(dir, "train.py"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			before := state(t, root)
			b := bench(t, dir, Options{Time: time.Minute}, false, py, "train.py")
			out := sound(t, b, Order{})
			if !strings.Contains(string(out.Output), "came to its end") {
				t.Errorf("it did not come to its end:\n%s", out.Output)
			}
			if after := state(t, root); after != before {
				t.Errorf("before\n%s\nafter\n%s", before, after)
			}
			for line := range strings.Lines(string(out.Output)) {
				if strings.HasPrefix(line, "CONNECTS") || strings.HasPrefix(line, "ASKS FOR") {
					t.Errorf("%s", line)
				}
			}
			if n := calls.Load(); n > 0 {
				t.Errorf("%d connections were opened\n%s", n, out.Output)
			}
		})
	}
}

// listen counts who calls an address of this machine, and answers nobody.
func listen(t *testing.T) (address string, calls *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	calls = new(atomic.Int64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return "http://" + l.Addr().String(), calls
}
