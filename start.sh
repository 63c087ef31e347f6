#!/bin/sh
# Starts TaskRouterX: finds a Node.js that is new enough, has scripts/doctor.mjs install and build what is missing, then becomes the server.
# Arguments and environment go to the server: ./start.sh --port 8001. Exit code 71: something is missing on this machine.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# Dependencies require() ES modules, which Node does unasked from 20.19 and 22.12 on (and never in 21). The doctor knows the same rule.
is_new_enough() {
  version=${1#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  case "$major$minor" in '' | *[!0-9]*) return 1 ;; esac
  { [ "$major" -eq 20 ] && [ "$minor" -ge 19 ]; } || { [ "$major" -eq 22 ] && [ "$minor" -ge 12 ]; } || [ "$major" -ge 23 ]
}

# The newest Node that nvm, fnm or volta has installed and that will do; prints its path.
find_managed_node() {
  best=
  best_rank=0
  for candidate in \
    "${NVM_DIR:-$HOME/.nvm}"/versions/node/v*/bin/node \
    "${FNM_DIR:-$HOME/.local/share/fnm}"/node-versions/v*/installation/bin/node \
    "$HOME"/.fnm/node-versions/v*/installation/bin/node \
    "$HOME/Library/Application Support"/fnm/node-versions/v*/installation/bin/node \
    "${VOLTA_HOME:-$HOME/.volta}"/tools/image/node/*/bin/node; do
    [ -x "$candidate" ] || continue
    found=$("$candidate" --version 2>/dev/null) || continue
    is_new_enough "$found" || continue
    rank=$((major * 1000 + minor))
    if [ "$rank" -gt "$best_rank" ]; then
      best=$candidate
      best_rank=$rank
    fi
  done
  printf '%s' "$best"
}

how_to_install() {
  cat >&2 <<'TEXT'
  nvm:    nvm install 24        fnm: fnm install 24        volta: volta install node@24
  macOS:  brew install node
  Debian, Ubuntu: sudo apt-get install nodejs npm     Fedora: sudo dnf install nodejs     (if they offer 20.19 or newer)
TEXT
}

HOME=${HOME:-/nonexistent} # a service may have none
node=$(command -v node || true)
version=
[ -z "$node" ] || version=$("$node" --version 2>/dev/null || true)

if ! is_new_enough "$version"; then
  managed=$(find_managed_node)
  if [ -n "$managed" ]; then
    if [ -n "$node" ]; then reason="$node is ${version:-broken}"; else reason='none is on PATH'; fi
    echo "Node.js 20.19 or newer is needed, $reason; using $managed." >&2
    node=$managed
  elif [ -z "$node" ]; then
    echo 'Node.js 20.19 or newer is needed, none found.' >&2
    how_to_install
    exit 71
  else
    case "$version" in 21.* | 22.*) needed=22.12 ;; *) needed=20.19 ;; esac
    echo "Node.js $needed or newer is needed, found ${version:-a broken one} at $node." >&2
    how_to_install
    exit 71
  fi
fi

# The doctor runs in the background and is waited for, because a shell would pass on a signal only after a foreground command has ended.
"$node" "$root/scripts/doctor.mjs" --install &
doctor=$!
trap 'kill -TERM "$doctor" 2>/dev/null || true; wait "$doctor" || true; exit 143' TERM HUP
trap 'kill -INT "$doctor" 2>/dev/null || true; wait "$doctor" || true; exit 130' INT
wait "$doctor" || exit "$?"
trap - TERM HUP INT

# Started from elsewhere, the default data folder is still the one beside this script: one checkout keeps one database.
# Relative paths that the caller gives mean the caller's folder, so the working directory stays.
if [ "$PWD" != "$root" ] && [ -z "${TRX_DATA_DIR:-}${TRX_CONFIG:-}" ]; then
  TRX_DATA_DIR=$root/data
  export TRX_DATA_DIR
fi

exec "$node" "$root/dist/src/main.js" "$@"
