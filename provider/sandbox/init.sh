#!/bin/bash
# First process of a lab's sandbox: sets up what every node shares, then reaps orphans until it is killed.
# Arguments: labwright-sandbox=KEY LAB [DIRECTORY]. Containers mount parts of DIRECTORY, so what they share is there.
set -eu
lab=$2
directory=${3:-}

if [ -n "$directory" ]; then exec 4<"$directory"; fi

# Everything under /run is the lab's own and goes away with it. The limit keeps a runaway log off the host's memory.
mount -t tmpfs -o size=25%,mode=0755 labwright /run
mkdir -p -m 0755 /run/netns /run/bird /run/krill /run/labwright
mkdir -p -m 0700 /run/nodes /run/labwright/jobs /run/labwright/containers /run/labwright/shared
# As the first `ip netns add` would: by then there may be containers' namespaces, which it would put beneath.
mount --bind /run/netns /run/netns
mount --make-shared /run/netns
if [ -n "$directory" ]; then
  mount --bind /proc/self/fd/4 /run/labwright/shared
  exec 4<&-
  mount --bind /run/labwright/shared/nodes /run/nodes
fi
ln -s shared/hosts shared/resolv.conf shared/ca-certificates.crt /run/labwright/

# Names of the lab resolve from this file; no name server of the host is reachable, so a look-up must fail at once.
printf '127.0.0.1 localhost\n::1 localhost\n' >/run/labwright/hosts
: >/run/labwright/resolv.conf
for file in hosts resolv.conf; do
  if [ -e "/etc/$file" ]; then mount --bind "/run/labwright/$file" "$(readlink -f "/etc/$file")"; fi
done

# Servers of the lab add their certificates to a copy of those that the system trusts (Debian, Fedora, SUSE).
for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem; do
  [ -e "$file" ] || continue
  [ -s /run/labwright/ca-certificates.crt ] || cat "$file" >/run/labwright/ca-certificates.crt
  mount --bind /run/labwright/ca-certificates.crt "$(readlink -f "$file")"
done

# Daemons of FRR give their sockets to the group frrvty, of which the user that they run as, root, must be a member.
if grep -q '^frrvty:' /etc/group; then
  sed 's/^frrvty:.*/frrvty:x:0:root/' /etc/group >/run/labwright/group
  mount --bind /run/labwright/group /etc/group
fi

# Where a single user is known, tcpdump can't change to its own: see tcpdump.py.
tcpdump=$(command -v tcpdump || true)
if [ -n "$tcpdump" ] && [ "$(cat /proc/self/setgroups)" = deny ]; then
  tcpdump=$(readlink -f "$tcpdump")
  : >/run/labwright/tcpdump
  mount --bind "$tcpdump" /run/labwright/tcpdump
  mount --bind "$(dirname "$0")/tcpdump.py" "$tcpdump"
fi

cat >/run/labwright/enter <<'ENTER'
#!/bin/sh
# enter NODE COMMAND...: runs a command as on the node: its network, host name, and its daemons' sockets and files where
# they look for them, such as /run/bird and /run/krill. Each line of .mounts is a folder of the node's directory and its
# place; .clock tells how many seconds its programs see the clock ahead. A machine has a root and an environment of its own
# besides.
node=$1
shift
if [ -e "/run/machines/$node/root" ]; then
  exec nsenter --net="/run/netns/$node" unshare --mount --uts --propagation private sh -c '
    hostname "$0" && . "/run/machines/$0/environment" && exec chroot "/run/machines/$0/root" "$@"' "$node" "$@"
fi
exec nsenter --net="/run/netns/$node" unshare --mount --uts --propagation private sh -c '
  directory=/run/nodes/$0
  hostname "$0" && mount --bind "$directory" /run/bird || exit
  if [ -S /run/bird/krill.sock ]; then mount --bind /run/bird /run/krill || exit; fi
  if [ -S /run/bird/docker.sock ]; then export DOCKER_HOST=unix:///run/bird/docker.sock; fi
  if [ -e "$directory/.mounts" ]; then
    while read -r folder place; do
      case $place in /run/*) mkdir -p "$place" ;; esac
      mount --bind "$directory/$folder" "$place" || exit
    done <"$directory/.mounts"
  fi
  if [ -e "$directory/.clock" ]; then
    read -r FAKETIME <"$directory/.clock"
    export FAKETIME FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD="/usr/\$LIB/faketime/libfaketime.so.1"
  fi
  exec "$@"' "$node" "$@"
ENTER
chmod 0755 /run/labwright/enter

ip link set lo up
hostname "$lab" 2>/dev/null || true

mkfifo -m 0600 /run/labwright/idle
exec 3<>/run/labwright/idle
: >/run/labwright/ready
# bash reaps adopted children while it waits; the read never returns.
while :; do read -r -u 3 _ || true; done
