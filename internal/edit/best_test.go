package edit

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nnvet/nnvet"
)

// overfits trains a network on noise, prints the validation loss of every epoch,
// and that of the network that it ends with.
const overfits = `import torch
from torch import nn

torch.manual_seed(0)
X, y = torch.randn(20, 5), torch.randn(20, 1)
X_val, y_val = torch.randn(20, 5), torch.randn(20, 1)
model = nn.Sequential(nn.Linear(5, 64), nn.Tanh(), nn.Linear(64, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def evaluate(net):
    with torch.no_grad():
        return nn.functional.mse_loss(net(X_val), y_val), 0


for epoch in range(30):
    model.train()
    loss = nn.functional.mse_loss(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.eval()
    val_loss, _ = evaluate(model)
    print(val_loss.item())  # of the epoch
print(evaluate(model)[0].item())
`

const bestKept = `for epoch in range(30):
    model.train()
    loss = nn.functional.mse_loss(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.eval()
    val_loss, _ = evaluate(model)
    print(val_loss.item())  # of the epoch
    if val_loss < best_loss:
        best_loss, best_weights = val_loss, {k: v.clone() for k, v in model.state_dict().items()}
if best_weights is not None:
    model.load_state_dict(best_weights)
print(evaluate(model)[0].item())
`

// TestBestKept: early stopping is written where the validation loss of every
// epoch has a name, and the program then ends with its best weights.
func TestBestKept(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.py", overfits)
	tr := nnvet.Treatment{Settings: []nnvet.Setting{{Name: "early stopping", From: "none", To: "on"}}}
	p, err := Python(t.Context(), python(t), dir, small(overfits), tr)
	if err != nil {
		t.Fatal(err)
	}
	after := string(p.Files[0].After)
	if !strings.HasSuffix(after, "best_loss, best_weights = float(\"inf\"), None\n"+bestKept) {
		t.Fatalf("got\n%s", after)
	}
	write(t, dir, "a.py", after)
	if exec.CommandContext(t.Context(), python(t), "-c", "import torch").Run() != nil {
		t.Skip("no PyTorch: the edited program is not run")
	}
	out, err := exec.CommandContext(t.Context(), python(t), dir+"/a.py").Output()
	if err != nil {
		t.Fatal(err)
	}
	var losses []float64
	for _, word := range strings.Fields(string(out)) {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, v)
	}
	if least := slices.Min(losses[:30]); losses[30] != least || losses[29] == least {
		t.Errorf("it ends with %v; the best was %v, the last %v", losses[30], least, losses[29])
	}
}

// TestBestIsNotCertain: where it is not, nothing is written, and it is said why.
func TestBestIsNotCertain(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"no name":         {"val_loss, _ = evaluate(model)\n    print(val_loss.item())", "print(evaluate(model))", "a.py:16: no validation loss has a name of its own there"},
		"now and then":    {"    val_loss, _ = evaluate(model)\n    print", "    if epoch % 10 == 0:\n        val_loss, _ = evaluate(model)\n    print", "a.py:16: no validation loss has a name of its own there"},
		"two networks":    {"    model.train()\n", "    model.train()\n    other.train()\n", "a.py:16: it is not certain what the network is called there"},
		"kept already":    {"    print", "    best = model.state_dict()\n    print", "a.py:16: the loop keeps weights, or ends in a way of its own"},
		"names are taken": {"import torch\n", "import torch\nbest_loss = 1\n", "a.py:17: there is a best_loss already"},
		"two loops":       {"print(evaluate(model)[0].item())\n", "for epoch in range(2):\n    pass\n", "there are 2 loops over epochs"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(overfits, c.from, c.to, 1)
			if text == overfits {
				t.Fatal("the case changes nothing")
			}
			dir := t.TempDir()
			write(t, dir, "a.py", text)
			got := outcome(t, dir, small(text), nnvet.Treatment{Settings: []nnvet.Setting{{Name: "early stopping", From: "none", To: "on"}}})
			if want := "refused: early stopping: " + c.want + "\n"; !strings.HasPrefix(got, want) {
				t.Errorf("got  %swant %s", got, want)
			}
		})
	}
}
