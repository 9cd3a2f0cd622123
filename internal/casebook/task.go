package casebook

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/nnvet/nnvet/internal/engine"
)

// The parts of the casebook. Whatever is chosen by cases is chosen by those to
// learn from; the others score it.
const (
	Learn = "learn"
	Score = "score"
)

// A Task is a data set with a program that learns it.
type Task struct {
	Name  string
	What  string
	Part  string
	Floor float64 // the skill that a healthy run reaches, of answers and of loss
	// Make returns the sound program on the rows of a seed. The same seed gives
	// the same rows.
	Make func(seed int64) *Program
}

// source returns the random numbers of one use of a task.
func source(task string, seed int64) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(task))
	return rand.New(rand.NewPCG(h.Sum64(), uint64(seed)))
}

// teacher is the seed of what is to be learned, which is the same for all rows.
const teacher = -1

// sound is what most programs have in common.
func sound(t *Table, loss engine.LossKind) *Program {
	return &Program{
		Table: t, Loss: engine.Loss{Kind: loss}, Net: Net{Hidden: []int{32, 32}, Act: "relu"},
		Optimizer: engine.Optimizer{Kind: "adam", LR: 0.003}, Batch: 32, Epochs: 40,
	}
}

// sgd is plain stochastic gradient descent, or with momentum.
func sgd(lr, momentum float64) engine.Optimizer {
	return engine.Optimizer{Kind: "sgd", LR: lr, Momentum: momentum}
}

// Tasks lists all tasks: those that are made up, and those on real tables.
func Tasks(tables Tables) []Task {
	all := append(amountTasks(), classTasks()...)
	all = append(all, imageTasks()...)
	all = append(all, tables.tasks()...)
	for i := range all {
		make, name := all[i].Make, all[i].Name
		all[i].Make = func(seed int64) *Program {
			p := make(seed)
			p.Seed = seed
			if p.Net.Act == "" {
				panic("casebook: " + name + " has no activation")
			}
			return p
		}
	}
	return all
}
