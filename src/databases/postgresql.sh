for folder in /usr/lib/postgresql/*/bin /opt/bitnami/postgresql/bin /usr/local/pgsql/bin; do PATH=$PATH:$folder; done
PGUSER=$(setting POSTGRES_USER POSTGRESQL_USERNAME POSTGRESQL_USER)
PGPASSWORD=$(setting POSTGRES_PASSWORD POSTGRESQL_POSTGRES_PASSWORD POSTGRESQL_PASSWORD)
export PGUSER=${PGUSER:-postgres} PGPASSWORD PGCONNECT_TIMEOUT=10 PGOPTIONS='-c statement_timeout=0 -c lock_timeout=0'
ask() { psql -XAtqw -v ON_ERROR_STOP=1 -d "${2:-postgres}" -c "$1"; }
# Where the socket wants another user, the password may do.
[ "$verb" = ready ] || ask 'select 1' > /dev/null 2>&1 || export PGHOST=127.0.0.1

# Nobody is connected any more, and nobody connects until this ends: a database in use cannot be dropped.
let_nobody_in() {
  trap let_everybody_in EXIT
  ask "select format('alter database %I allow_connections false', datname) from pg_database where $1" | while IFS= read -r line; do
    ask "$line" || exit 1
  done || return 1
  ask "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname in (select datname from pg_database where $1)" > /dev/null
}

# Whatever was stopped in the middle before: no database of an application stays closed.
let_everybody_in() {
  ask "select format('alter database %I allow_connections true', datname) from pg_database where not datistemplate and not datallowconn" |
    while IFS= read -r line; do ask "$line"; done
}

exists() { [ -n "$(ask "select 1 from pg_database where datname = '$database'")" ]; }

# What a dump of a whole server complains of, restored into a server that is there: that its own user is there already.
harmless='role ".*" already exists|current user cannot be dropped|role ".*" cannot be dropped because some objects depend on it'

restore_all() {
  let_nobody_in "not datistemplate and datname <> 'postgres'" || return 1
  errors=$(psql -Xqw -d postgres -f - 2>&1 > /dev/null) || { echo "$errors" >&2; return 1; }
  errors=$(echo "$errors" | grep -E '(ERROR|FATAL|PANIC):' | grep -vE "$harmless")
  [ -z "$errors" ] || { echo "$errors" | head -n 20 >&2; return 1; }
}

restore_one() {
  if [ "$database" = "$source" ]; then
    let_nobody_in "datname = '$database'" || return 1
    pg_restore --clean --if-exists --create --exit-on-error -w -d postgres
    return
  fi
  let_nobody_in "datname = '$database'" || return 1
  ask "drop database if exists \"$database\"" || return 1
  ask "create database \"$database\" template template0" || return 1
  pg_restore --exit-on-error --single-transaction -w -d "$database"
}

case $verb in
  ready)
    # While an image makes its database, its server is not the first process, and listens on a socket only.
    pg_isready -q -h 127.0.0.1 || grep -q '^postgres' /proc/1/comm || exit 1
    pg_isready -q
    ;;
  # Without compression, and in one order: restic finds then what has not changed.
  dump) if [ -z "$database" ]; then exec pg_dumpall -w --clean --if-exists; else exec pg_dump -w -Fc -Z0 -d "$database"; fi ;;
  restore) if [ -z "$source" ]; then restore_all; else restore_one; fi ;;
  exists) exists ;;
  # A file of SQL, into one database or as a server has dumped itself.
  load)
    if [ -z "$database" ]; then restore_all; exit; fi
    exists || ask "create database \"$database\"" || exit 1
    psql -Xqw --single-transaction -v ON_ERROR_STOP=1 -d "$database" -f - > /dev/null
    ;;
esac
