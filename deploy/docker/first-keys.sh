#!/bin/sh
# Makes the keys that a new server and those beside it need, once: KEYS_DIR/NAME/key for the names admin, nodes and metrics. Each lies in a folder
# of its own, so that who needs one is given that one alone. Run before the server, on its data folder: first-keys.sh DATA_DIR KEYS_DIR
set -eu
umask 077
data=$1
keys=$2
make_key() { # NAME ROLE MODE
  file=$keys/$1/key
  [ -s "$file" ] && return 0
  mkdir -p "$keys/$1"
  trx keys add "$1" --role "$2" --data-dir "$data" >"$file.new"
  chmod "$3" "$file.new"
  mv "$file.new" "$file"
}
make_key admin admin 400
make_key nodes node 400
# Whoever scrapes is another user.
make_key metrics read 444
