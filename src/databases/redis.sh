PATH=$PATH:/opt/bitnami/redis/bin:/opt/bitnami/valkey/bin
first_of() { for name; do command -v "$name" && return; done; refuse "There is no $1 in the container."; }
cli=$(first_of redis-cli valkey-cli keydb-cli) || exit 1
# What the server was started with is told by who runs this (GIVEN_…): it hides its own command line.
configuration=${GIVEN_CONFIGURATION:-}
in_file() { [ -z "$configuration" ] || sed -n "s/^[[:space:]]*$1[[:space:]]\{1,\}\"\{0,1\}\([^\"]*\)\"\{0,1\}[[:space:]]*\$/\1/p" "$configuration" | tail -n 1; }
REDISCLI_AUTH=${GIVEN_PASSWORD:-$(setting REDIS_PASSWORD VALKEY_PASSWORD)}
REDISCLI_AUTH=${REDISCLI_AUTH:-$(in_file requirepass)}
[ -z "$REDISCLI_AUTH" ] || export REDISCLI_AUTH
port=${GIVEN_PORT:-$(in_file port)}
ask() { "$cli" -p "${port:-6379}" "$@"; }
configured() { ask CONFIG GET "$1" | tail -n +2; }
told() { ask INFO "$1" | tr -d '\r' | grep "^$2:" | cut -d: -f2; }
saving() { [ "$(told persistence rdb_bgsave_in_progress)" = 1 ]; }

dump() {
  [ "$(ask PING)" = PONG ] || refuse 'Redis does not answer, or wants another password.'
  while saving; do sleep 0.2; done
  answer=$(ask BGSAVE)
  case $answer in *tarted*|*cheduled*) ;; *) refuse "BGSAVE: $answer" ;; esac
  sleep 0.1
  while saving; do sleep 0.2; done
  [ "$(told persistence rdb_last_bgsave_status)" = ok ] || refuse 'Redis could not save: see its log, most often the disk is full.'
  exec cat "$(configured dir)/$(configured dbfilename)"
}

# A second server reads the dump, and the first becomes its replica for a moment: so nothing is stopped, and the append-only file, which
# Redis prefers at its next start, is written anew.
restore() {
  [ "$(told replication role)" = master ] || refuse 'This Redis is a replica: restore into its master.'
  server=$(first_of redis-server valkey-server keydb-server) || exit 1
  folder=$(configured dir)/.stowage-restore
  rm -rf "$folder"
  mkdir "$folder" || exit 1
  auth=$(configured masterauth)
  trap 'ask REPLICAOF NO ONE > /dev/null; ask CONFIG SET masterauth "$auth" > /dev/null; [ -z "${pid:-}" ] || kill "$pid"; rm -rf "$folder"' EXIT
  cat > "$folder/dump.rdb" || exit 1
  other=16379
  env -u REDISCLI_AUTH "$server" --port $other --bind 127.0.0.1 --protected-mode no --dir "$folder" --dbfilename dump.rdb --appendonly no --save '' > "$folder/log" 2>&1 &
  pid=$!
  until [ "$(env -u REDISCLI_AUTH "$cli" -p $other PING 2> /dev/null)" = PONG ]; do
    kill -0 "$pid" 2> /dev/null || { tail -n 5 "$folder/log" >&2; pid=; refuse 'The dump cannot be read.'; }
    sleep 0.2
  done
  ask CONFIG SET masterauth '' > /dev/null
  ask REPLICAOF 127.0.0.1 $other > /dev/null
  until [ "$(told replication master_link_status)" = up ] && [ "$(told replication master_sync_in_progress)" = 0 ]; do
    kill -0 "$pid" 2> /dev/null || refuse 'The server that gives the dump has ended.'
    sleep 0.2
  done
  ask REPLICAOF NO ONE > /dev/null
}

case $verb in
  ready) [ "$(ask PING)" = PONG ] && [ "$(told persistence loading)" = 0 ] ;;
  dump) dump ;;
  restore) restore ;;
  exists) true ;;
  load) refuse 'Redis takes no SQL.' ;;
esac
