#!/bin/sh
# stowage-helper COMMAND ARGUMENTS…: runs the command, after it has taken secrets from the standard input where
# STOWAGE_SECRETS=stdin. They are a tar of files for the tmpfs /run/stowage; the file "env", if there is one, is sourced.
# So they stand in no argument list, in nothing that an inspect shows, and on no disk.
# Where STOWAGE_REACH is "HOST PORT", once or more often, the command starts only when something listens there: restic
# itself would try for a quarter of an hour.
# Exit code 64: the secrets did not arrive whole in time; 69: nothing listens.

secrets=/run/stowage
seconds=60

refuse() {
  echo "stowage-helper: $1" >&2
  exit 64
}

receive_secrets() (
  umask 077
  archive="$secrets/.archive"
  timeout "$seconds" cat > "$archive" || refuse "the secrets did not arrive within $seconds seconds."
  # tar takes an archive that was cut between two files for whole; the zeros at its end say that it is.
  [ "$(tail -c 1024 "$archive" | wc -c)" -eq 1024 ] && [ "$(tail -c 1024 "$archive" | tr -d '\0' | wc -c)" -eq 0 ] ||
    refuse 'the secrets did not arrive whole.'
  tar --extract --no-same-owner --file "$archive" --directory "$secrets" || refuse 'the secrets are not a tar.'
  rm "$archive"
)

if [ "$STOWAGE_SECRETS" = stdin ]; then
  receive_secrets || exit
  # Where the output is data, not lines, nothing of ours may stand in it.
  [ "$STOWAGE_OUTPUT" = data ] || echo '{"stowage":"ready"}'
  if [ -f "$secrets/env" ]; then
    set -a
    . "$secrets/env"
    set +a
  fi
fi

require_listeners() {
  while [ $# -gt 0 ]; do
    if ! nc -w 10 "$1" "$2" -e true 2> /dev/null; then
      echo "stowage-helper: nothing answers at $1 $2." >&2
      exit 69
    fi
    shift 2
  done
}

require_listeners $STOWAGE_REACH

exec "$@"
