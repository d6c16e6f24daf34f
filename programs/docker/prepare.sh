#!/bin/sh
# prepare.sh SETTINGS: writes the settings of a node's Docker daemon. Its containers' control groups go by the sandbox's
# key, as they are all that the sandbox's end leaves: see provider/sandbox/control-groups.ts.
set -eu
umask 077
if [ "$(cat /proc/self/setgroups)" = deny ]; then
  echo "a Docker daemon can be run by root only: bring the lab up as root, such as by sudo"
  exit 1
fi
key=$(tr '\0' '\n' </proc/1/cmdline | sed -n 's/^labwright-sandbox=//p')
mkdir -p "$(dirname "$1")"
printf '{ "cgroup-parent": "/labwright/%s" }\n' "$key" >"$1"
