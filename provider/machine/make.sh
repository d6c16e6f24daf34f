#!/bin/bash
# make.sh NODE: makes a machine's file system. Runs in the machine's network namespace.
#
# Its root is a folder of its own. The system's folders are in it through overlays, so that it has the system's programs
# and configurations, and what it changes stays in the layer above, which is the machine's alone. /run, /tmp, /root and
# all else begin empty: the host's sockets and people's files are not in it.
set -eu
node=$1
here=$(dirname "$0")
machine=/run/machines/$node
root=$machine/root
layers=$machine/layers

mkdir -p "$root" "$layers"
# So that all of it is one tree of mounts, to be taken away as one.
mount --bind "$machine" "$machine"
mount --make-private "$machine"

# Where a single user is known, overlays keep their notes in attributes that an ordinary user may set.
options=
[ "$(cat /proc/self/setgroups)" = deny ] && options=,userxattr

# Declared files go into the upper layer before it is mounted: the folders below may be another user's.
# A file belongs to whom its folder belongs to, as far as this user may say so.
place() {
  (cd "$machine/files" && find . -type d -o -type f) | sed 's,^\./,,' | grep -E "^$1(/|$)" | while IFS= read -r path; do
    below=${path#"$1"}
    if [ -d "$machine/files/$path" ]; then
      mkdir -p "$2$below"
      if [ -d "/$path" ]; then chown --reference="/$path" "$2$below" 2>/dev/null || true; fi
      [ -d "/$path" ] || [ -z "$below" ] || chown --reference="$(dirname "$2$below")" "$2$below" 2>/dev/null || true
    else
      cp --no-preserve=ownership "$machine/files/$path" "$2$below"
      chmod "$(head -c 2 "$2$below" | grep -q '#!' && echo 755 || echo 644)" "$2$below"
      chown --reference="$(dirname "$2$below")" "$2$below" 2>/dev/null || true
    fi
  done
}

# What every machine has: programs that stand in for systemd, names that other systems have for ours, and its own name.
common() {
  case $1 in
    usr)
      mkdir -p "$2/local/sbin" "$2/local/bin"
      for program in systemctl service; do install -m 755 "$here/service" "$2/local/sbin/$program"; done
      command -v ash >/dev/null || ln -s /bin/sh "$2/local/bin/ash"
      ;;
    etc)
      mkdir -p "$2/init.d"
      for unit in quagga zebra bind9; do
        [ -e "/etc/init.d/$unit" ] || ln -s /usr/local/sbin/service "$2/init.d/$unit"
      done
      echo "$node" >"$2/hostname"
      ;;
  esac
}

for folder in /*; do
  name=${folder#/}
  if [ -L "$folder" ]; then
    cp -P "$folder" "$root/"
    continue
  fi
  case $name in
    bin | sbin | lib* | usr | etc | var | opt) ;;
    *) continue ;;
  esac
  [ -d "$folder" ] || continue
  upper=$layers/$name/upper
  mkdir -p "$upper" "$layers/$name/work" "$root/$name"
  chmod --reference="$folder" "$upper"
  common "$name" "$upper"
  [ ! -d "$machine/files/$name" ] || place "$name" "$upper"
  mount -t overlay overlay -o "lowerdir=$folder,upperdir=$upper,workdir=$layers/$name/work$options" "$root/$name"
done
mkdir -p "$root"/{proc,sys,dev,run/bird,run/lock,root}
mkdir -p -m 1777 "$root/tmp"
chmod 1777 "$root/tmp"
for path in "$machine"/files/*; do
  name=${path##*/}
  [ -e "$path" ] || continue
  mountpoint -q "$root/$name" || (if [ -d "$path" ]; then place "$name" "$root/$name"; else cp "$path" "$root/"; fi)
done

mount --rbind /proc "$root/proc"
# The kernel's settings are the host's too, but those of the network, which are the machine's.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount --bind /proc/sys/net "$root/proc/sys/net"
[ ! -e /proc/sysrq-trigger ] || mount --bind /dev/null "$root/proc/sysrq-trigger"
mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || mount --rbind /sys "$root/sys"
mkdir -p "$root/dev/net" "$root/dev/shm" "$root/dev/pts"
for device in null zero full random urandom tty net/tun; do
  [ -c "/dev/$device" ] || continue
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
for number in 0 1 2; do ln -s "/proc/self/fd/$number" "$root/dev/$(echo stdin stdout stderr | cut -d ' ' -f $((number + 1)))"; done
mount --bind /dev/pts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"

mount --bind "/run/nodes/$node" "$root/run/bird"
mkdir -p "$root/run/nodes/$node"
mount --bind "/run/nodes/$node" "$root/run/nodes/$node"
# Names of the lab, unless it brings its own.
for file in hosts resolv.conf; do
  [ ! -e "$machine/files/etc/$file" ] || continue
  target=$(readlink -f "/etc/$file") || continue
  case $target in
    /etc/*) [ -e "$root$target" ] || : >"$root$target" ;;
    # Such as systemd-resolved's, in a folder that is empty here.
    *) mkdir -p "$(dirname "$root$target")" && : >"$root$target" ;;
  esac
  mount --bind "/run/labwright/$file" "$root$target"
done
