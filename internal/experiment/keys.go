package experiment

import (
	"slices"
	"strings"

	"github.com/nnvet/nnvet/internal/prepare"
)

// keys is the table of what an experiment file may say, in the order in which
// it is written and explained.
func (f *File) keys() []setting {
	return []setting{
		{name: "data", what: "what to learn from", must: true, to: f.data()},
		{name: "network", what: "the layers, in order; auto makes two hidden ones of a width that suits the inputs, after convolutions for images: enough to learn most tables, and quick", def: "auto", auto: true, to: layers{&f.Layers}},
		{name: "output", what: "auto adds an output layer of as many units as loss and target ask for; as_written adds none", def: "auto", auto: true, options: []string{"auto", AsWritten}, to: &f.Output},
		{name: "loss", what: "what training lowers; auto is mse for numbers, cross_entropy for classes", def: "auto", auto: true, to: losses(&f.Loss)},
		{name: "optimizer", what: "how weights follow the gradients; adam is the least particular about its learning rate", def: "adam", to: optimizers(&f.Optimizer)},
		{name: "schedule", what: "how the learning rate changes over the run", def: "constant", to: schedules(&f.Schedule)},
		{name: "clip", like: `{norm: 1}`, what: "bounds of the gradients, against single large steps; best left out, since it can hide a learning rate that is too high", to: clips(&f.Clip)},
		{name: "augment", like: `[{noise: 0.1}]`, what: "changes of training rows on the fly, in order, against learning them by heart", to: augments{&f.Augment}},
		{name: "batch", what: "rows a step; auto is the largest power of two from 16 to 256 that leaves 50 steps an epoch, as larger ones spend the epochs on too few updates", def: "auto", auto: true, bounds: atLeast1, to: &f.Batch},
		{name: "epochs", what: "most passes over the training rows, as patience mostly ends it before; auto is what 20,000 steps take, from 20 to 200", def: "auto", auto: true, bounds: atLeast1, to: &f.Epochs},
		{name: "steps", like: `2000`, what: "most optimizer steps, in the place of epochs", bounds: atLeast1, to: &f.Steps},
		{name: "patience", what: "epochs without a better validation loss after which training stops and the best weights return, 0 for never; auto is a tenth of the epochs, at least 5", def: "auto", auto: true, bounds: nonNegative, to: &f.Patience},
		{name: "seed", what: "of initialization, order and dropout: the same seed gives the same training", def: "0", bounds: nonNegative, to: seed{&f.Seeds}},
		{name: "seeds", like: `[0, 1, 2]`, what: "several of them, a training each: one alone may be lucky", bounds: nonNegative, to: seeds{&f.Seeds}},
		{name: "metrics", what: "scores to show; auto is accuracy and balanced_accuracy (the mean of what is right of each class) for classes, r2 and rmse and mae for numbers", def: "auto", auto: true, options: Metrics(), to: &f.Metrics},
		{name: "goal", like: `mae < 2`, what: "what would be good enough on validation rows, in the units of the target: mae, rmse or loss below a number, r2 or accuracy above one", to: goal{&f.Goal}},
		{name: "kernels", what: "arithmetic: generic gives the same bits on every machine; auto is the fastest", def: "auto", auto: true, options: []string{"generic", "avx2", "avx512"}, to: &f.Kernels},
	}
}

func (f *File) data() *section {
	o, p := &f.Data.Options, &f.Data.Plan
	return &section{what: "data", settings: []setting{
		{name: "path", what: "a file, a folder of images, or a pattern such as day*.csv, from where this file lies", must: true, to: &f.Data.Path},
		{name: "target", what: "the column to predict", must: true, to: &o.Target},
		{name: "format", what: "of the files; auto looks into them", def: "auto", auto: true, options: []string{"csv", "tsv", "parquet", "arrow", "jsonl", "npy", "npz", "idx", "images"}, to: &o.Format},
		{name: "labels", what: "file of the labels, of npy and idx; auto looks for the usual names", def: "auto", auto: true, to: &o.Labels},
		{name: "columns", what: "the only columns to learn from; auto is all", def: "auto", auto: true, to: &o.Columns},
		{name: "exclude", like: `[id]`, what: "columns to leave out, such as ids, which can only be learned by heart", to: &p.Exclude},
		{name: "missing", like: `[unknown]`, what: "texts that mean a missing value, besides NA, NaN, ? and their kin; a number means all ways of writing it", to: &o.Missing},
		{name: "task", what: "regression or classification; auto goes by the target", def: "auto", auto: true, options: texts(prepare.Tasks()), to: (*string)(&p.Task)},
		{name: "split", what: "rows that are kept from training, so that the score is of rows that it never saw", to: f.split()},
		{name: "transform", what: "how columns become inputs, by name, * for those not named: " + strings.Join(transformNames(), ", ") + "; auto standardizes numbers, which trains fastest, spreads categories, and leaves free text and counters of the rows out", def: "auto", auto: true, to: transforms{p}},
		{name: "groups", like: `[{name: hip, unit: m, columns: [hip_x, hip_y]}]`, what: "columns that belong together, so that their scales relative to each other mean something", to: groups{&f.Data.Groups}},
		{name: "shuffle", what: "whether the order of training rows changes between epochs, so that batches differ", def: "true", to: &f.Data.Shuffle},
	}}
}

func (f *File) split() *section {
	s := &f.Data.Plan.Split
	return &section{what: "split", settings: []setting{
		{name: "val", what: "share of the rows that validation takes: they tell when to stop", def: "0.2", bounds: part, to: &s.Val},
		{name: "test", what: "share of the rows that only the final score sees: choices made by validation flatter it", def: "0.1", bounds: part, to: &s.Test},
		{name: "seed", what: "of which rows these are", def: "0", bounds: nonNegative, to: &s.Seed},
		{name: "by", what: "random rows; order takes the last ones, for what is predicted ahead in time; {group: column} keeps rows of one value together, such as those of a patient", def: "random", to: &oneOf{
			what: "split", name: &s.By, choices: []choice{
				{name: prepare.ByRandom, what: "rows at random, of each class as many"},
				{name: prepare.ByOrder, what: "the last rows, for what has an order in time"},
				{name: prepare.ByGroup, what: "rows that share a value stay together", main: "column", settings: []setting{
					{name: "column", what: "column of that value", must: true, to: &s.Group}}},
			}}},
	}}
}

func transformNames() []string { return texts(prepare.Transforms()) }

// texts returns named texts as plain ones.
func texts[T ~string](named []T) []string {
	out := make([]string, len(named))
	for i, t := range named {
		out[i] = string(t)
	}
	return out
}

// transforms reads a map from columns to transforms; a name alone is for all.
type transforms struct{ to *prepare.Plan }

func (t transforms) take(r *reader, _ setting, v *value) {
	s := setting{name: "transform", options: transformNames()}
	t.to.Transforms = make(map[string]prepare.Transform)
	if v.form == scalar {
		if how, ok := r.word(s, v); ok {
			t.to.Transforms[prepare.Rest] = prepare.Transform(how)
		}
		return
	}
	if v.form != mapping {
		r.fault(v.at, "transform must be a map from columns to transforms, {age: log}, not %v", v.form)
		return
	}
	for _, k := range v.keys {
		if _, twice := t.to.Transforms[k.name]; twice {
			r.fault(k.at, "column %q stands twice", k.name)
			continue
		}
		r.mention(k.name, k.at)
		r.enter(k.name, k.value, func() {
			if how, ok := r.word(s, k.value); ok {
				t.to.Transforms[k.name] = prepare.Transform(how)
			}
		})
	}
}

// seed reads one seed, seeds several.
type (
	seed  struct{ to *[]int64 }
	seeds struct{ to *[]int64 }
)

func (d seed) take(r *reader, s setting, v *value) {
	if n, ok := r.whole(s, v); ok {
		*d.to = []int64{n}
	}
}

// maxSeeds bounds the trainings that one file asks for.
const maxSeeds = 1000

func (d seeds) take(r *reader, s setting, v *value) {
	items := r.list(s, v)
	switch {
	case v.form == list && len(items) == 0:
		r.fault(v.at, "seeds lists none: name some, as in [0, 1, 2], or leave the key out")
	case len(items) > maxSeeds:
		r.fault(v.at, "seeds must list at most %d, not %d", maxSeeds, len(items))
		return
	}
	s.name = "seed"
	for _, item := range items {
		n, ok := r.whole(s, item)
		if ok && slices.Contains(*d.to, n) {
			r.fault(item.at, "seed %d stands twice", n)
		} else if ok {
			*d.to = append(*d.to, n)
		}
	}
}
