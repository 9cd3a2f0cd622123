#!/bin/sh
# Prints the folder of the JavaScript packages that the page is tested with in a
# real browser, where a Chromium and a Node.js are too. What is missing it
# installs, outside the repository, and says so on stderr: Debian's chromium and
# nodejs (about 250 MB), and four packages of npm (about 20 MB).
#
#   tools/browser.sh           finds or installs
#   tools/browser.sh --find    installs nothing; fails where something is missing
set -u

here=$(cd "$(dirname "$0")/.." && pwd)
wanted="$here/internal/page/browser"
install=yes
case "${1:-}" in
'') ;;
--find) install=no ;;
*)
	echo "usage: tools/browser.sh [--find]" >&2
	exit 2
	;;
esac

say() { echo "browser.sh: $*" >&2; }

# have reports whether a Chromium and a Node.js of 18 or later are there.
have() {
	command -v chromium >/dev/null 2>&1 &&
		node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' >/dev/null 2>&1
}

# The folder is named for what is in it, so that other versions get another one.
folder() {
	sum=$(cksum <"$wanted/package-lock.json" | cut -d' ' -f1)
	echo "${XDG_CACHE_HOME:-$HOME/.cache}/nnvet/browser-$sum"
}

# from_debian installs to the system, so only root does it.
from_debian() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 0
	missing=
	command -v chromium >/dev/null 2>&1 || missing="chromium fonts-dejavu-core"
	command -v node >/dev/null 2>&1 || missing="$missing nodejs"
	command -v npm >/dev/null 2>&1 || missing="$missing npm"
	[ -n "$missing" ] || return 0
	say "installing Debian's $missing"
	# The names are to be words of their own.
	# shellcheck disable=SC2086
	{ apt-get update -q &&
		DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } >&2 ||
		say "apt-get could not install them"
}

# from_npm installs into a folder that gets its name when it is whole.
from_npm() {
	command -v npm >/dev/null 2>&1 || {
		say "no npm to install packages with"
		return 0
	}
	say "installing playwright-core, axe-core, pixelmatch and pngjs into $1"
	rm -rf "$1.part" && mkdir -p "$1.part" && cp "$wanted/package.json" "$wanted/package-lock.json" "$1.part" &&
		npm ci --prefix "$1.part" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 &&
		mv "$1.part" "$1" || say "npm could not install them"
}

if [ "$install" = yes ]; then
	have || from_debian
	[ -d "$(folder)/node_modules" ] || from_npm "$(folder)"
fi
if have && [ -d "$(folder)/node_modules" ]; then
	folder
	exit 0
fi
[ "$install" = no ] || say "no Chromium, Node.js 18 and packages of npm: the page is not tested in a browser"
exit 1
