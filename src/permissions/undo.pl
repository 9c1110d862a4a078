# Brings back what repair.pl has changed, from its record: the newest part first, so that the oldest has the last word.
#
#     perl -e SCRIPT MOUNTED RECORD
#
# An entry that is another one by now (by its inode) is left. Lines as of repair.pl, with `count replaced`.
my ($mounted, $record) = @ARGV;
open_top($mounted);
opendir my $parts, $record or die "$record: $!\n";
my @parts = reverse sort grep { /\.zst$/ } readdir $parts;
closedir $parts;
for my $part (@parts) {
  open(my $from, '-|', '/usr/bin/zstd', '-dcq', "$record/$part") or die "zstd: $!\n";
  local $/ = "\0";
  my $current;
  while (my $line = <$from>) {
    chop $line;
    my ($inode, $uid, $gid, $mode, $acl, $default_acl, $file_capability, $path) = split / /, $line, 8;
    my ($folder, $name) = $path =~ /^(.*)\/([^\/]*)$/s ? ($1, $2) : ('', $path);
    if (!defined $current || $current ne $folder) {
      $current = undef;
      if (!enter($folder)) { $count{vanished}++; next }
      $current = $folder;
    }
    my @stat = lstat $name;
    if (!@stat) { $count{vanished}++; next }
    if ($stat[1] != $inode || $stat[0] != $device) { $count{replaced}++; next }
    $count{changed}++ if change($name, $path, S_ISLNK($stat[2]), $uid, $gid, $mode, $acl, $default_acl, $file_capability);
    print "progress $count{changed} $count{changed}\n" if ($count{changed} // 0) % 20_000 == 19_999;
  }
  close $from or die "$part: the record cannot be read\n";
}
report();
