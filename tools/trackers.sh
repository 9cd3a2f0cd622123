#!/bin/sh
# Prints the path of a Python that has the trackers that people log trainings
# with, beside the newest PyTorch. Installs them outside the repository, a GB or
# two of it, and says so on stderr; --find only looks.
set -u

cd "$(dirname "$0")/.." || exit 1
venv="${XDG_CACHE_HOME:-$HOME/.cache}/nnvet/trackers"
python="$venv/bin/python"
trackers="wandb mlflow comet_ml neptune clearml tensorboard tensorboardX"

if [ -x "$python" ] && [ -e "$venv/complete" ]; then
	echo "$python"
	exit 0
fi
[ "${1:-}" = --find ] && exit 1

torch=$(tools/torch.sh --newest) || exit 1
echo "trackers.sh: installing $trackers with pip into $venv" >&2
"$torch" -m venv "$venv" >&2 || exit 1
"$torch" -c 'import site; print(site.getsitepackages()[0])' >"$("$python" -c 'import site; print(site.getsitepackages()[0])')/torch.pth"
# shellcheck disable=SC2086 # a word each
"$venv/bin/pip" install -q $trackers >&2 || exit 1
touch "$venv/complete"
echo "$python"
