#!/bin/sh
# Shows what nnvet makes of a script that does not learn, and of the same
# script with the named fault repaired. Works on a copy in a temporary folder.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
name=breast_cancer
python=$("$root/tools/torch.sh")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$root/examples/broken/$name.py" "$dir"
cd "$dir"

echo "\$ nnvet run -- python $name.py"
"$root/bin/nnvet" run -- "$python" "$name.py"

echo
echo "The change that it asks for, made on the copy:"
echo
sed 1,2d "$root/examples/repairs/$name.diff" | grep '^[-+]'
git apply "$root/examples/repairs/$name.diff"

echo
echo "\$ nnvet run -- python $name.py"
"$root/bin/nnvet" run -- "$python" "$name.py"
