#!/bin/bash
# clear.sh NODE [INTERFACE...]: ends what runs on a machine and takes away all of it but its network namespace and the
# interfaces named, which stay as they were made. Nothing need be there.
set -eu
node=$1
shift
machine=/run/machines/$node

[ -e "/run/netns/$node" ] || ip netns add "$node"
ip netns pids "$node" | xargs -r kill -9
while [ -n "$(ip netns pids "$node")" ]; do sleep 0.02; done
grep -q " $machine " /proc/self/mounts && umount --recursive --lazy "$machine"
rm -rf --one-file-system "$machine" "/run/nodes/$node" "/run/labwright/ruleset.$node"

# What the set-up made of its network. The kernel's own devices can't be deleted.
inside="ip -n $node"
for device in $($inside -o link show | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
  case " lo $* " in *" $device "*) ;; *) $inside link del dev "$device" 2>/dev/null || true ;; esac
done
for device in lo "$@"; do
  $inside addr flush dev "$device" scope global
  $inside link set dev "$device" nomaster
done
for family in -4 -6; do
  # The kernel's own routes, to what is on a link, go and come with the link.
  for protocol in boot $($inside $family route show table main | sed -n 's/.* proto \([^ ]*\).*/\1/p' | sort -u); do
    [ "$protocol" = kernel ] || $inside $family route flush table main proto "$protocol" 2>/dev/null || true
  done
  $inside neigh flush all nud permanent 2>/dev/null || true
done
nsenter --net="/run/netns/$node" nft list tables | sed -n '/ netdev labwright_/d; s/^table/delete table/p' |
  nsenter --net="/run/netns/$node" nft -f -
