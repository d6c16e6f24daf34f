#!/bin/sh
# First program of a node's container, under Docker's init: runs scripts that the provider puts into the node's
# directory, one after the other. What they start goes on running, under the container's limits.
umask 077
# Of an earlier life of the container, whose process ids are others' by now.
rm -rf orders ./*.pid
mkdir orders
mkfifo orders/queue
# Open for writing too, so that it has no end. 4 is the container's log.
exec 3<>orders/queue 4>&1
while read -r order <&3; do
  sh -e "orders/$order" >"orders/$order.said" 2>&1 3<&-
  echo $? >"orders/$order.code"
  mv "orders/$order.code" "orders/$order.done"
done
