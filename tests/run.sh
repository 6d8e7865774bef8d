#!/bin/sh
# Installs what the tests need and this machine lacks, then runs every test and doc test of every feature.
# Nothing is skipped: what can't be installed is named, and the run fails.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
        say "not root, and there is no sudo: as root, run: $*" >&2
        exit 1
    fi
}

# Debian's packages are called as their programs' homes, brew's a little otherwise.
missing=""
command -v redis-server >/dev/null || missing="$missing redis-server"
command -v memcached >/dev/null || missing="$missing memcached"
python3 -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3-venv"

if [ -n "$missing" ]; then
    say "installing:$missing"
    if command -v apt-get >/dev/null; then
        as_root apt-get update -qq
        # Tests start servers of their own; the packages' services must not be started.
        # shellcheck disable=SC2086
        as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing
    elif command -v brew >/dev/null; then
        # shellcheck disable=SC2046
        brew install $(printf '%s' "$missing" | sed 's/redis-server/redis/; s/python3-venv/python3/')
    else
        say "install these first, then run this again:$missing" >&2
        exit 1
    fi
fi

# The Python library that ctu comes from, and independent implementations of what encryption is made of, to compare with.
venv=target/python
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import CacheToolsUtils, blake3, Crypto, pymemcache, redis' 2>/dev/null; then
    mkdir -p target
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/python/requirements.txt
fi
PYTHON="$PWD/$venv/bin/python"
export PYTHON

cargo test --workspace --all-features --locked
