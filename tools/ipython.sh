#!/bin/sh
# Prints the path of a Python that can import IPython and PyTorch. Where there is
# none it adds IPython to the Python that tools/torch.sh finds, in a virtual
# environment outside the repository, and says so on stderr.
#
#   tools/ipython.sh           finds or installs
#   tools/ipython.sh --find    installs nothing; fails where there is none
set -u

venv="${XDG_CACHE_HOME:-$HOME/.cache}/nnvet/ipython"
install=yes
case "${1:-}" in
'') ;;
--find) install=no ;;
*)
	echo "usage: tools/ipython.sh [--find]" >&2
	exit 2
	;;
esac

say() { echo "ipython.sh: $*" >&2; }

# found prints the path of the interpreter $1 and ends, if it has what is needed.
found() {
	path=$(command -v "$1" 2>/dev/null) || return 0
	"$path" -c 'import IPython, torch' >/dev/null 2>&1 || return 0
	echo "$path"
	exit 0
}

for python in "${NNVET_TEST_IPYTHON:-}" "$venv/bin/python" python3; do
	found "$python"
done
[ "$install" = no ] && exit 1

torch=$("$(dirname "$0")/torch.sh" --find) || {
	say "no Python with PyTorch; tools/torch.sh installs one"
	exit 1
}
say "installing IPython with pip into $venv"
# Debian's python3 makes no pip without python3-venv: the one on PATH serves both.
if "$torch" -m venv --without-pip --system-site-packages "$venv" >&2; then
	python3 -m pip --python "$venv/bin/python" install -q ipython >&2 || say "pip could not install it"
else
	say "$torch cannot make virtual environments"
fi
found "$venv/bin/python"
say "no Python with IPython; set NNVET_TEST_IPYTHON to one"
exit 1
