/**
 * Shell for a container with the helper image: fills /data with entries that backups lose, each in its own way. Written
 * for busybox' shell with GNU tar's friends beside it.
 */
export const oddEntries = String.raw`
set -e; cd /data; umask 022
echo plain > plain; chmod 0644 plain
echo secret > mode0600; chmod 0600 mode0600; chown 1234:4321 mode0600
echo suid > setuid; chmod 4755 setuid; echo sgid > setgid; chmod 2755 setgid
mkdir -p sticky deep/a/b/c empty; chmod 1777 sticky; chmod 0700 deep/a; chown 999:999 deep/a
echo one > hard1; ln hard1 hard2; ln hard1 deep/hard3
ln -s plain link; ln -s /nowhere/at/all dangling; ln -s ../deep/a deep/up
truncate -s 20M sparse; echo end >> sparse
mkfifo pipe
: > zero
echo space > 'name with spaces'; echo nl > "$(printf 'new\nline')"; echo dash > ./-rf; echo quote > "it's \"quoted\""
echo back > 'back\slash'; echo star > 'a*b?[c]'; echo utf > 'ÄÖÜ-数据'; echo raw > "$(printf 'bad\377utf8')"
echo dollar > '$HOME'; echo hash > '#hash'; echo tilde > '~'
long=$(printf 'x%.0s' $(seq 200)); echo long > "$long"
echo attr > xattr; /usr/bin/setfattr -n user.stowage -v kept xattr; /usr/bin/setfattr -n user.empty xattr
echo acl > acl; setfacl -m u:1000:rw,g:2000:r acl; mkdir acldir; setfacl -d -m u:1000:rwx acldir
touch -d '2001-02-03 04:05:06' plain; touch -d '1970-01-01 00:00:00' zero
touch -h -d '2010-10-10 10:10:10' link 2>/dev/null || true
head -c 3000000 /dev/urandom > random; touch -d '2005-05-05 05:05:05' random
touch -d '2003-03-03 03:03:03' deep/a; chown 70:70 .; chmod 0700 .; touch -d '2002-02-02 02:02:02' .
`;

/**
 * Shell that prints one line for each entry of /data: type, mode, owner, link count and time, size, target, digest,
 * extended attributes and ACL; and whether sparse files are still sparse. Equal output: equal volumes.
 */
export const manifest = String.raw`
cd /data
find . -exec sh -c '
  f=$1
  stat -c "%n|%F|%a|%u:%g|%h|%y" -- "$f" | tr "\n" " "
  if [ -L "$f" ]; then readlink -- "$f"; exit; fi
  if [ -f "$f" ]; then stat -c %s -- "$f" | tr "\n" " "; sha256sum < "$f" | cut -c1-64 | tr "\n" " "; fi
  /usr/bin/getfattr -h -d -m - --absolute-names -- "$f" 2>/dev/null | grep -v "^#" | tr "\n" " "
  /usr/bin/getfacl -c -n -p -- "$f" 2>/dev/null | tr "\n" " "
  echo' describe {} \; | sort
if [ "$(du -k sparse | cut -f1)" -lt 1000 ]; then echo sparse-kept; fi
`;
