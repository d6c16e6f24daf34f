#!/bin/sh
# prepare.sh DIRECTORY USER DATABASE...: makes the cluster of the PostgreSQL server whose configuration is in DIRECTORY,
# as the system's USER without any rights; anew where roles and databases are no longer those that it was made with.
set -eu
umask 077
cd "$1"
user=$2
shift 2

# A server that was killed leaves processes that end when they notice, and a lock with a number that may be another's.
others() { find /proc -mindepth 2 -maxdepth 2 -name cwd -lname "$PWD/data" 2>/dev/null | cut -d/ -f3; }
tries=0
while left=$(others) && [ -n "$left" ]; do
  [ $((tries += 1)) -le 100 ] || { echo "processes of an earlier server don't end:" $left; exit 1; }
  kill -9 $left 2>/dev/null || true
  sleep 0.05
done
rm -f data/postmaster.pid

{
  cat roles.sql
  for database in "$@"; do echo "-- $database" && cat "databases/$database.sql"; done
} >declared.sql
if [ -e data ] && cmp -s declared.sql made.sql; then exit 0; fi

as_user() { unshare --user --map-user="$user" --map-group="$user" "$@"; }
rm -rf data data.new made.sql
as_user initdb --pgdata=data.new --username="$user" --auth=peer --encoding=UTF8 --locale=C --no-sync --no-instructions \
  --wal-segsize=1 >/dev/null
run() {
  as_user postgres --single -j -D data.new -c exit_on_error=on -c fsync=off -c dynamic_shared_memory_type=mmap "$1" \
    <"$2" >prepare.log 2>&1 || { echo "$2: $(grep -E 'ERROR|FATAL' prepare.log || tail -n 3 prepare.log)"; exit 1; }
}
run postgres roles.sql
for database in "$@"; do run "$database" "databases/$database.sql"; done
mv data.new data
mv declared.sql made.sql
