#!/bin/sh
# Makes the screenshots of the README: the page of a broken run, and a finding
# of it with its proof. Trains for a minute; needs PyTorch, Chromium and Node.js,
# which tools/torch.sh and tools/browser.sh find or install.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
packages=$("$root/tools/browser.sh")
python=$("$root/tools/torch.sh")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cp "$root/examples/broken/digits_functional.py" train.py
# Findings give both commands the exit code 1, which is no failure here.
PATH="$(dirname "$python"):$PATH" "$root/bin/nnvet" run -- "$python" train.py || [ $? = 1 ]
"$root/bin/nnvet" report -o run.html
"$root/bin/nnvet" prove || [ $? = 1 ]
"$root/bin/nnvet" report -o proof.html
PACKAGES=$packages CHROMIUM=$(command -v chromium) node "$root/tools/screenshots.mjs" "$root/docs/screenshots"
