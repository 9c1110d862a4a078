# What each of the scripts for a kind of database begins with. They run in the container of the database, by its own shell:
#
#     sh -c SCRIPT stowage VERB DATABASE SOURCE
#
#     ready                     exit code 0 once the server answers
#     dump [DATABASE]           to the standard output; all of the server without a name
#     exists DATABASE           exit code 0 where it does
#     load [DATABASE]           a file of SQL from the standard input
#     restore [DATABASE [SOURCE]]   from the standard input, in place of what is there; SOURCE is how the dump calls it
#
# Passwords are read here, from where the image has them, so that they leave the container in no way. What is wrong is told on the
# standard error; the exit code counts.
set -u
verb=$1
database=${2:-}
source=${3:-}
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# The value of the first of these variables that is set, or the content of the file that NAME_FILE names.
setting() {
  for name; do
    eval "value=\${$name:-} file=\${${name}_FILE:-}"
    if [ -n "$value" ]; then printf %s "$value"; return; fi
    if [ -n "$file" ] && [ -r "$file" ]; then cat "$file"; return; fi
  done
}

refuse() { echo "$1" >&2; exit 1; }
