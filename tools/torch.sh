#!/bin/sh
# Prints the path of a Python that can import PyTorch, NumPy and scikit-learn.
# Where there is none it installs the smallest that is to be had, outside the
# repository, and says so on stderr.
#
#   tools/torch.sh           any PyTorch from 1.13 on
#   tools/torch.sh --newest  the newest release, in a virtual environment
#   tools/torch.sh --find    (with either) install nothing; fail where there is none
set -u

venv="${XDG_CACHE_HOME:-$HOME/.cache}/nnvet/torch"
newest=no
install=yes
for arg in "$@"; do
	case "$arg" in
	--newest) newest=yes ;;
	--find) install=no ;;
	*)
		echo "usage: tools/torch.sh [--newest] [--find]" >&2
		exit 2
		;;
	esac
done

say() { echo "torch.sh: $*" >&2; }

# found prints the path of the interpreter $1 and ends, if it has what is needed.
found() {
	path=$(command -v "$1" 2>/dev/null) || return 0
	"$path" -c 'import numpy, sklearn, torch' >/dev/null 2>&1 || return 0
	echo "$path"
	exit 0
}

# from_debian installs Debian's build, which is for the CPU: about 300 MB to
# download. It goes to the system, so only root does it.
from_debian() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 0
	say "no PyTorch found: installing Debian's python3-torch, python3-sklearn and python3-numpy"
	{ apt-get update -q &&
		DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
			python3-torch python3-sklearn python3-numpy; } >&2 || say "apt-get could not install them"
}

# from_pip installs the newest release into the virtual environment.
from_pip() {
	say "installing the newest PyTorch and scikit-learn with pip into $venv"
	if [ "$(uname -s)" = Linux ]; then
		say "pip's PyTorch for Linux may bring CUDA along: several GB; python3-torch of Debian or Ubuntu is smaller"
	fi
	python3 -m venv "$venv" >&2 || {
		say "python3 cannot make virtual environments (Debian: apt-get install python3-venv)"
		return 0
	}
	"$venv/bin/pip" install -q torch numpy scikit-learn >&2 || say "pip could not install them"
}

if [ "$newest" = yes ]; then
	found "${NNVET_TEST_PYTHON_NEWEST:-}"
	found "$venv/bin/python"
	[ "$install" = yes ] && from_pip
	found "$venv/bin/python"
else
	for python in "${NNVET_TEST_PYTHON:-}" python3 /usr/bin/python3 "$venv/bin/python"; do
		found "$python"
	done
	if [ "$install" = yes ]; then
		from_debian
		found /usr/bin/python3
		from_pip
		found "$venv/bin/python"
	fi
fi
[ "$install" = no ] || say "no Python with PyTorch; set NNVET_TEST_PYTHON to one"
exit 1
