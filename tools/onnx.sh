#!/bin/sh
# Prints the path of a Python that can import ONNX, ONNX Runtime and NumPy.
# Where there is none it installs them outside the repository, and says so on
# stderr: about 40 MB to download.
#
#   tools/onnx.sh           finds or installs
#   tools/onnx.sh --find    installs nothing; fails where there is none
set -u

venv="${XDG_CACHE_HOME:-$HOME/.cache}/nnvet/onnx"
install=yes
case "${1:-}" in
'') ;;
--find) install=no ;;
*)
	echo "usage: tools/onnx.sh [--find]" >&2
	exit 2
	;;
esac

say() { echo "onnx.sh: $*" >&2; }

# found prints the path of the interpreter $1 and ends, if it has what is needed.
found() {
	path=$(command -v "$1" 2>/dev/null) || return 0
	"$path" -c 'import numpy, onnx, onnxruntime' >/dev/null 2>&1 || return 0
	echo "$path"
	exit 0
}

for python in "${NNVET_TEST_ONNX_PYTHON:-}" "$venv/bin/python" python3; do
	found "$python"
done
[ "$install" = no ] && exit 1

say "installing ONNX and ONNX Runtime with pip into $venv"
if python3 -m venv "$venv" >&2; then
	"$venv/bin/pip" install -q numpy onnx onnxruntime >&2 || say "pip could not install them"
else
	say "python3 cannot make virtual environments (Debian: apt-get install python3-venv)"
fi
found "$venv/bin/python"
say "no Python with ONNX Runtime; set NNVET_TEST_ONNX_PYTHON to one"
exit 1
