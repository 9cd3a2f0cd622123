package edit

import (
	"fmt"

	"github.com/nnvet/nnvet"
)

// byHand holds what a person does for a setting, with %s for its new value.
var byHand = map[string]string{
	"lr":               "give the optimizer the learning rate %s where it is set",
	"schedule":         "let the learning rate follow the schedule %s: torch.optim.lr_scheduler has them, and its step() is called once an epoch",
	"warmup":           "raise the learning rate from 0 over the first %s steps: torch.optim.lr_scheduler.LinearLR, with step() after every optimizer step",
	"clip":             "call torch.nn.utils.clip_grad_norm_(model.parameters(), %s) between loss.backward() and optimizer.step()",
	"optimizer":        "let the optimizer be %s",
	"batch":            "let a training batch have %s rows",
	"epochs":           "train for %s epochs",
	"early stopping":   "keep a copy of model.state_dict() whenever the validation loss is the best so far, and load it at the end",
	"shuffle":          "give the training DataLoader shuffle=%s",
	"inputs":           "change the inputs by %s, with figures of the training rows alone; `nnvet recipe` writes the code",
	"targets":          "bring the targets to mean 0 and standard deviation 1 (%s) by figures of the training rows, and the predictions back",
	"class weights":    "weigh the classes in the loss by the inverse of their rows (%s)",
	"input noise":      "add torch.randn_like(x) * %s to the inputs of training batches",
	"dropout":          "give the dropout layers the share %s",
	"activation":       "use %s for the hidden activation",
	"final activation": "let the network end in: %s",
	"loss":             "train with the loss %s",
	"weight init":      "start the weights by %s, once the network is made and before the optimizer is",
	"bias init":        "start the biases at %s",
	"output bias":      "start the biases of the last layer at %s",
	"units":            "give the layer %s units, and the next one as many inputs",
	"hidden layers":    "give the network %s hidden layers",
	"residual":         "add residual connections: %s",
	"branch scale":     "multiply every residual branch by %s",
	"norm":             "put a %s normalization behind every hidden layer",
	"zero_grad":        "call optimizer.zero_grad() before loss.backward() in %s",
	"trained":          "give the optimizer model.parameters(), and hold layers in nn.ModuleList or nn.ModuleDict (%s)",
	"operation":        "change the operation: %s",
	"dim":              "let the operation work along dimension %s",
}

// instead returns what a person does for a setting.
func instead(s nnvet.Setting) string {
	form, ok := byHand[s.Name]
	if !ok {
		form = "set " + s.Name + " to %s"
	}
	text := fmt.Sprintf(form, s.To)
	if s.Name == "clip" && s.To == "none" {
		text = "take the clipping of gradients out"
	}
	if s.Name == "early stopping" {
		text = byHand[s.Name]
	}
	if s.Site != "" {
		text += ", at " + s.Site
	}
	return text
}

// refuse says why a setting is not edited.
func refuse(s nnvet.Setting, format string, args ...any) *Refused {
	return &Refused{s, fmt.Sprintf(format, args...), instead(s)}
}
