PATH=$PATH:/opt/bitnami/mysql/bin:/opt/bitnami/mariadb/bin
first_of() { for name; do command -v "$name" && return; done; refuse "There is no $1 in the container."; }
export MYSQL_PWD=$(setting MARIADB_ROOT_PASSWORD MYSQL_ROOT_PASSWORD)
# STOWAGE_CLIENT: options for a server that listens elsewhere.
client() { "$(first_of mariadb mysql)" ${STOWAGE_CLIENT:-} --user=root --batch --skip-column-names "$@"; }

case $verb in
  ready)
    # While an image makes its database, its server listens on a socket only.
    "$(first_of mariadb-admin mysqladmin)" --user=root --host=127.0.0.1 --connect-timeout=5 ping > /dev/null 2>&1 || exit 1
    client -e 'select 1' > /dev/null
    ;;
  dump)
    if [ -z "$database" ]; then what=--all-databases; else what="--databases $database"; fi
    exec "$(first_of mariadb-dump mysqldump)" --user=root $what --single-transaction --routines --triggers --events --add-drop-database --flush-privileges --hex-blob
    ;;
  restore)
    # Where a dump goes into a database of another name, its first lines say so.
    if [ -z "$database" ] || [ "$database" = "$source" ]; then client; else
      sed "1,80{/DROP DATABASE /s/\`$source\`/\`$database\`/;/^CREATE DATABASE /s/\`$source\`/\`$database\`/;s/^USE \`$source\`/USE \`$database\`/}" | client
    fi
    ;;
  exists) [ -n "$(client -e "select 1 from information_schema.schemata where schema_name = '$database'")" ] ;;
  load)
    [ -z "$database" ] || client -e "create database if not exists \`$database\`" || exit 1
    client ${database:+"--database=$database"}
    ;;
esac
