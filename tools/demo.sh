#!/bin/sh
# Shows nnvet at work, on real data and on copies in a temporary folder: a
# baseline for a table, an experiment that does not learn, a proof of what mends
# it, and the same one mended. Needs nothing but nnvet.
#
#   tools/demo.sh           the embedded engine, and PyTorch where there is one
#   tools/demo.sh --torch   a PyTorch script; installs a PyTorch where there is none
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
nnvet="$root/bin/nnvet"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# shown prints a command as a user types it, and runs it. Findings give a
# command the exit code 1, which is no failure here.
shown() {
	echo "\$ $1"
	shift
	"$@" || [ $? = 1 ]
	echo
}

# repaired applies the repair $1 to the copy and prints it.
repaired() {
	echo "The change that it asks for, made on the copy:"
	echo
	sed 1,2d "$1" | grep '^[-+]'
	git apply "$1"
	echo
}

engine() {
	cp "$root/examples/data/wine.csv" .
	shown "nnvet run wine.csv --target cultivar" "$nnvet" run wine.csv --target cultivar
	echo "\$ nnvet predict wine.safetensors wine.csv | head -3"
	"$nnvet" predict wine.safetensors wine.csv >predictions.csv
	head -3 predictions.csv
	echo

	name=digits_softmax
	mkdir -p experiments/broken data
	cp "$root/examples/data/digits.npz" data
	cp "$root/examples/experiments/broken/$name.yaml" experiments/broken
	cd experiments/broken
	shown "nnvet run $name.yaml" "$nnvet" run "$name.yaml"
	shown "nnvet prove" "$nnvet" prove
	shown "nnvet fix --diff" "$nnvet" fix --diff
	shown "nnvet fix --write" "$nnvet" fix --write
	shown "nnvet run $name.yaml" "$nnvet" run "$name.yaml"
	cd "$dir"
}

script() {
	name=breast_cancer
	cp "$root/examples/broken/$name.py" .
	shown "nnvet run -- python $name.py" "$nnvet" run -- "$1" "$name.py"
	repaired "$root/examples/repairs/$name.diff"
	shown "nnvet run -- python $name.py" "$nnvet" run -- "$1" "$name.py"
}

if [ "${1:-}" = --torch ]; then
	script "$("$root/tools/torch.sh")"
else
	engine
	if python=$("$root/tools/torch.sh" --find 2>/dev/null); then
		script "$python"
	else
		echo "No PyTorch here: make demo-torch installs one and shows nnvet on a PyTorch script."
	fi
fi
