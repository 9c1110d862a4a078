# Starts the server of an image on what came back from a backup, asks it what it holds, and stops it. It runs in a container of that image
# without network, in place of its own entry point:
#
#     sh -c SCRIPT stowage begin [SETTING …]       as root: finds the data, and goes on as whom it belongs to
#     sh -c SCRIPT stowage serve [SETTING …]
#
# STOWAGE_KIND, STOWAGE_MOUNT (where the volume is), STOWAGE_DATA (its data, as far as known), STOWAGE_ACCOUNT; for a dump STOWAGE_DUMP (its
# file), STOWAGE_DATABASE (that it holds), and STOWAGE_RESTORE (the script that reads it). STOWAGE_SERVE is this script.
#
# Writes what happens as lines that begin with "stowage". Exit code 1: it does not start or does not answer, with the end of its log on the
# standard error; 65: nothing can be said, for the image lacks what is needed.
set -u
phase=$1
shift
kind=$STOWAGE_KIND
room=/run/stowage
# MariaDB would give it this ending.
log=$room/log.err
socket=$room/server.sock
dump=${STOWAGE_DUMP:-}
ready_seconds=900
load_seconds=14400
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

say() { echo "stowage $1"; }
cannot() { echo "$1" >&2; exit 65; }
refuse() {
  [ ! -s "$log" ] || tail -n 20 "$log" >&2
  echo "$1" >&2
  exit 1
}
first_of() { for name; do command -v "$name" && return; done; cannot "There is no $1 in the image."; }

holds_data() {
  case $kind in
    postgresql) [ -s "$1/PG_VERSION" ] && [ -d "$1/base" ] ;;
    mysql | mariadb) [ -d "$1/mysql" ] || [ -f "$1/ibdata1" ] ;;
    redis) [ -d "$1/appendonlydir" ] || [ -f "$1/appendonly.aof" ] || [ -f "$1/dump.rdb" ] ;;
  esac
}

find_data() {
  for data in "$STOWAGE_DATA" "$STOWAGE_MOUNT" "$STOWAGE_MOUNT"/* "$STOWAGE_MOUNT"/*/* "$STOWAGE_MOUNT"/*/*/*; do
    holds_data "$data" && return
  done
  data=$STOWAGE_DATA
  # One that has never saved anything has no file, and its settings may give it another name.
  [ "$kind" = redis ] && [ -d "$data" ] || refuse "What came back holds no data of $kind."
}

owner_of() { ls -nd "$1" | { read -r _ _ uid gid _ && echo "$uid $gid"; }; }

# Whom the image means to run it, for data that is to be made.
account_of_image() {
  while IFS=: read -r name _ uid gid _; do
    case $name in postgres | mysql | mariadb | redis | valkey) echo "$uid $gid"; return ;; esac
  done < /etc/passwd
  [ "$kind" != postgresql ] || cannot 'The image has no user for PostgreSQL.'
  echo '0 0'
}

become() {
  uid=$1 gid=$2
  shift 2
  [ "$uid" != 0 ] || exec "$@"
  # By its path: a shell of BusyBox would take its own, which cannot.
  for tool in /usr/bin/setpriv /bin/setpriv; do
    if "$tool" --reuid "$uid" --regid "$gid" --clear-groups sh -c : 2> /dev/null; then exec "$tool" --reuid "$uid" --regid "$gid" --clear-groups "$@"; fi
  done
  for tool in gosu su-exec; do
    if "$tool" "$uid:$gid" sh -c : 2> /dev/null; then exec "$tool" "$uid:$gid" "$@"; fi
  done
  cannot 'The image has nothing to become another user with (setpriv, gosu, su-exec).'
}

begin() {
  say begun
  mkdir -p /tmp
  chmod 1777 /tmp
  if [ -n "$dump" ]; then
    [ -f "$dump" ] || refuse 'What came back holds no dump.'
    set_aside=$STOWAGE_MOUNT/.stowage-server
    owner=$(account_of_image) || exit
    rm -rf "$set_aside"
    mkdir "$set_aside"
    chmod 700 "$set_aside"
    chmod 755 "$STOWAGE_MOUNT"
    chmod 644 "$dump"
    chown "${owner% *}:${owner#* }" "$set_aside"
    data=$set_aside
  else
    find_data
    owner=$(owner_of "$data")
  fi
  export STOWAGE_DATA=$data
  become "${owner% *}" "${owner#* }" sh -c "$STOWAGE_SERVE" stowage serve "$@"
}

# Whoever looks on knows by it that this goes on; a load that takes longer is taken for one that hangs.
tell_of_life() {
  left=$((load_seconds / 5))
  while [ $left -gt 0 ]; do
    sleep 5
    say working
    left=$((left - 1))
  done
}

until_ready() {
  left=$((ready_seconds * 5))
  until is_ready > /dev/null 2>&1; do
    kill -0 "$server" 2> /dev/null || {
      wait "$server"
      refuse "The server has ended with $? before it answered."
    }
    [ $left -gt 0 ] || refuse "The server has not answered within $ready_seconds seconds."
    left=$((left - 1))
    sleep 0.2
  done
}

end_server() {
  kill "-$1" "$server" 2> /dev/null
  wait "$server"
}

load() { sh -c "$STOWAGE_RESTORE" stowage "$@" < "$dump" > /dev/null 2> $room/load || { cat $room/load >&2; refuse 'The dump could not be loaded.'; }; }

serve_postgresql() {
  for folder in /usr/lib/postgresql/*/bin /opt/bitnami/postgresql/bin /usr/local/pgsql/bin; do PATH=$PATH:$folder; done
  if [ -s "$data/PG_VERSION" ]; then PATH=/usr/lib/postgresql/$(cat "$data/PG_VERSION")/bin:$PATH; fi
  unset PGPASSWORD POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE POSTGRES_USER POSTGRES_USER_FILE
  export PGHOST=$room PGUSER=postgres PGDATA=$data
  program=$(first_of postgres) && first_of psql > /dev/null && first_of pg_isready > /dev/null || exit
  if [ -n "$dump" ]; then
    initdb -D "$data" -U postgres -A trust -E UTF8 --no-locale > "$log" 2>&1 || refuse 'An empty database could not be made.'
  fi
  # Of the server that was backed up while it ran.
  rm -f "$data/postmaster.pid"
  echo 'local all all trust' > $room/hba
  : > $room/ident
  [ -f "$data/postgresql.conf" ] || { : > $room/postgresql.conf; set -- "$@" -c config_file=$room/postgresql.conf; }
  "$program" -D "$data" "$@" -c data_directory="$data" -c hba_file=$room/hba -c ident_file=$room/ident -c listen_addresses= \
    -c unix_socket_directories=$room -c external_pid_file= -c ssl=off -c archive_mode=off -c shared_buffers=64MB -c huge_pages=off \
    -c logging_collector=off -c log_destination=stderr -c log_min_messages=warning > "$log" 2>&1 &
  server=$!
  is_ready() { pg_isready -q; }
  until_ready
  ask() { psql -XAtqw -F '	' -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
  for PGUSER in ${STOWAGE_ACCOUNT:-} postgres; do ask template1 'select 1' > /dev/null 2> $room/refused && break; PGUSER=; done
  [ -n "$PGUSER" ] || { cat $room/refused >&2; refuse 'The server answers nobody.'; }
  say started
  if [ -n "$dump" ]; then
    if [ -z "$STOWAGE_DATABASE" ]; then load restore; else load_one; fi
    say loaded
  fi
  ask template1 'select datname from pg_database where datallowconn and not datistemplate order by 1' > $room/databases 2>> "$log" ||
    refuse 'The server does not tell its databases.'
  while IFS= read -r name; do
    tables=$(ask "$name" "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_toast%'" 2>> "$log" < /dev/null) ||
      refuse "Database $name does not tell its tables."
    say "tables	$name	$tables"
  done < $room/databases
  say answered
  end_server INT
}

# The dump of one database holds no roles: whose the tables are is left aside.
load_one() {
  pg_restore --no-owner --no-acl --create -w -d postgres "$dump" > /dev/null 2> $room/load && return
  errors=$(grep -E '(error|ERROR|FATAL):' $room/load | grep -vE 'role ".*" does not exist')
  [ -z "$errors" ] || { echo "$errors" | tail -n 10 >&2; refuse 'The dump could not be loaded.'; }
}

serve_mysql() {
  PATH=$PATH:/opt/bitnami/mysql/bin:/opt/bitnami/mysql/sbin:/opt/bitnami/mariadb/bin:/opt/bitnami/mariadb/sbin:/usr/libexec
  program=$(first_of mariadbd mysqld) || exit
  client=$(first_of mariadb mysql) || exit
  user=
  [ "$(ls -nd "$data" | { read -r _ _ uid _; echo "$uid"; })" != 0 ] || user=--user=root
  start() {
    "$program" --datadir="$data" --socket=$socket --pid-file=$room/pid --log-error="$log" --skip-networking --skip-log-bin --event-scheduler=OFF \
      --innodb-buffer-pool-size=64M --loose-mysqlx=OFF --loose-performance-schema=OFF --loose-skip-replica-start --loose-skip-slave-start \
      $user "$@" >> "$log" 2>&1 &
    server=$!
    until_ready
  }
  ask() { "$client" --no-defaults --protocol=socket --socket=$socket --user=root --batch --skip-column-names -e "$1"; }
  is_ready() { ask 'select 1'; }
  if [ -n "$dump" ]; then
    make_empty || refuse 'An empty database could not be made.'
    start "$@"
    export STOWAGE_CLIENT="--no-defaults --protocol=socket --socket=$socket"
    unset MARIADB_ROOT_PASSWORD MYSQL_ROOT_PASSWORD MARIADB_ROOT_PASSWORD_FILE MYSQL_ROOT_PASSWORD_FILE
    load restore "$STOWAGE_DATABASE" "$STOWAGE_DATABASE"
    say loaded
    # The accounts are those of the dump now.
    end_server TERM
  fi
  start --skip-grant-tables "$@"
  say started
  ask "select s.schema_name, count(t.table_name) from information_schema.schemata s
    left join information_schema.tables t on t.table_schema = s.schema_name and t.table_type = 'BASE TABLE'
    where s.schema_name not in ('mysql', 'information_schema', 'performance_schema', 'sys') group by s.schema_name order by s.schema_name" > $room/databases 2>> "$log" ||
    refuse 'The server does not tell its databases.'
  while IFS= read -r line; do say "tables	$line"; done < $room/databases
  say answered
  end_server TERM
}

make_empty() {
  install=$(command -v mariadb-install-db || command -v mysql_install_db)
  if [ -n "$install" ] && "$program" --version | grep -q MariaDB; then
    "$install" --no-defaults --datadir="$data" --auth-root-authentication-method=normal --skip-test-db $user > "$log" 2>&1
  else
    "$program" --no-defaults --initialize-insecure --datadir="$data" $user > "$log" 2>&1
  fi
}

serve_redis() {
  PATH=$PATH:/opt/bitnami/redis/bin:/opt/bitnami/valkey/bin
  program=$(first_of redis-server valkey-server keydb-server) || exit
  client=$(first_of redis-cli valkey-cli keydb-cli) || exit
  settings=$*
  if [ -n "$dump" ]; then
    set -- --dir "$STOWAGE_MOUNT" --dbfilename "${dump##*/}" --appendonly no
  else
    # As --name=value is written here, and not there.
    for setting; do
      shift
      name=${setting%%=*}
      set -- "$@" "$name" "${setting#*=}"
    done
    case " $settings" in *' --appendonly='*) ;; *)
      if [ -d "$data/appendonlydir" ] || [ -f "$data/appendonly.aof" ]; then set -- "$@" --appendonly yes; fi
      ;;
    esac
    set -- --dir "$data" "$@"
  fi
  "$program" --port 0 --unixsocket $socket --daemonize no --logfile '' "$@" --save '' > "$log" 2>&1 &
  server=$!
  ask() { "$client" -s $socket "$@"; }
  is_ready() { [ "$(ask PING)" = PONG ] && ask INFO persistence | grep -q '^loading:0'; }
  until_ready
  say started
  ask INFO keyspace > $room/databases 2>> "$log" || refuse 'The server does not tell its keys.'
  while IFS=: read -r name rest; do
    case $name in db[0-9]*) ;; *) continue ;; esac
    keys=${rest#keys=}
    say "keys	$name	${keys%%,*}"
  done < $room/databases
  say answered
  end_server TERM
}

case $phase in
  begin) begin "$@" ;;
  serve)
    data=$STOWAGE_DATA
    tell_of_life &
    case $kind in
      postgresql) serve_postgresql "$@" ;;
      mysql | mariadb) serve_mysql "$@" ;;
      redis) serve_redis "$@" ;;
    esac
    exit 0
    ;;
esac
