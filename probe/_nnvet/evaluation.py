"""Where an evaluation begins and ends, and whether its weights are what the script ends with."""

import time

from . import budget, kept, losses, source
from .guard import guarded

clock = time.perf_counter
IDLE_BLOCKS = 5  # blocks in a row in which no network ran, after which they are looked into about once a second


class Evaluation:
    """Follows modules that are put into evaluation mode, and blocks without gradients."""

    def __init__(self, probe):
        self.probe, self.guard, self.network = probe, probe.guard, probe.network
        self.on = False  # the network is in evaluation mode
        self.trains = False  # backward was called there all the same
        self.batches = 0  # of this evaluation that are still to be looked at
        self.idle_blocks, self.look_again = 0, 0.0  # blocks without gradients in which no network ran
        self.kept = kept.Kept()

    def over(self):
        """Reports whether the network may train, as far as its mode tells."""
        return self.trains or not self.on

    def runs(self, root):
        """Called when a network is run with gradients: one in training mode trains, whatever another, that has parts of it,
        was put into before."""
        self.on = self.on and not root.training

    def mode_changed(self, module, training):
        """Called when a module is put into training or evaluation mode."""
        if not self.network.is_root(module):
            return
        self.on = not training
        if training:
            self.gradients_on()
        else:
            self.gradients_off()

    def gradients_off(self):
        """Called where gradients are switched off outside an optimizer's step, and in evaluation mode: the network
        may be about to be evaluated."""
        if self.probe.twin is not None:
            self.probe.twin.look()
        if (self.probe.began and not self.probe.forward.hooks and self.guard.mine()
                and (self.on or self.idle_blocks < IDLE_BLOCKS or clock() > self.look_again)):
            self.batches = losses.EVALUATED
            self.probe.forward.hook()

    def gradients_on(self):
        if self.probe.forward.hooks and not self.probe.sampling and not self.on:
            self.probe.forward.unhook()
            self.idle_blocks = self.idle_blocks + 1 if self.batches == losses.EVALUATED else 0
            self.look_again = clock() + budget.FLUSH

    def backward_seen(self, trained, ran, frame):
        """Notices a backward pass, before which what was evaluated ends. `ran` is a network that was run with gradients
        since the last one, in training mode if any was, or None where none was seen. What was trained before may be
        another: then the next step is looked at."""
        if ran is not None and not ran.training:
            self.trains = True
            self.probe.event("backward_in_eval", src=self.network.seen(source.caller(frame)))
        elif ran is None and trained is not None and not trained.training and not self.trains:
            self.batches = max(1, self.batches)
            self.probe.forward.hook()
        self.end()

    def end(self):
        """Ends the evaluation that went on, if any."""
        gathered = self.probe.losses
        if gathered.train_mode and self.network.modal:
            self.probe.event("val_in_train_mode", text="with " + self.network.modal)
        began = clock()
        if gathered.batches or gathered.evaluations:
            self.kept.evaluates(self.probe.step)
        gathered.flush(self.probe.step, self.probe.seconds())
        self.probe.budget.aside(began)

    # -- weights that are kept ----------------------------------------------------------------

    @guarded
    def state_taken(self, module):
        """Called when the script takes the weights of a module."""
        if self.probe.step and self.network.is_whole(module):
            began = clock()
            self.kept.take(module, self.probe.step)
            self.probe.budget.aside(began)

    @guarded
    def state_loaded(self, module, frame):
        """Called when the script gave weights to a module."""
        if self.probe.step and self.network.is_whole(module):
            self.kept.load(module, self.probe.step, source.caller(frame))

    def tell_kept(self):
        """Says, at the end, that weights of an earlier evaluation are what the script ends with."""
        found = self.kept.at_end(self.probe.step)
        if found is not None:
            self.probe.event("best_kept", src=self.network.seen(found[1]), text="weights of step %d" % found[0])
