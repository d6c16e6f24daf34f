#!/bin/bash
# Runs a machine's set-up, on the machine: each file of setup/ in turn, every command that fails noted in setup.failed.
cd /
: >/run/bird/setup.failed
for file in /run/bird/setup/*; do
  [ -e "$file" ] || continue
  bash -c '
    set -E
    own=". \"\$1\""
    trap '\''code=$?; [ "$BASH_COMMAND" = "$own" ] || printf "%s: exit code %s\n" "$BASH_COMMAND" $code >>/run/bird/setup.failed'\'' ERR
    . "$1"' bash "$file" >>/run/bird/setup.log 2>&1 </dev/null
done
exit 0
