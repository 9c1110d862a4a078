# What a helper runs to look at who may use what in a volume: it writes no list of entries but counts of those that are alike.
#
#     perl -e SCRIPT MOUNTED DEPTH LIMIT USERS FOLDER…
#
# DEPTH is -1 for all; LIMIT is how many entries are looked at in each FOLDER (a path below MOUNTED, empty for its root). USERS are
# those whose rights an ACL may decide, separated by commas: where none of them could be helped or hindered by it, it is not read.
# Two processes share the work, which is a system call or two for each entry; each numbers what it finds by itself. Lines:
#
#     progress ENTRIES
#     missing FOLDER                                   by its number
#     top FOLDER MODE UID GID ACL DEFAULT-ACL          of the folder itself; MODE is st_mode in octal digits, `-` is none
#     like FOLDER.PART ID MODE UID GID ACL             owner, mode and ACL of entries that are alike
#     above FOLDER.PART ID OTHER-ID LIKE-ID PATH       a set of folders on the way: OTHER-ID (0: none) and one more
#     count FOLDER.PART ABOVE-ID LIKE-ID PARENT-LIKE-ID ENTRIES PATH…
#     done FOLDER ENTRIES COMPLETE VANISHED MORE       MORE entries are in no count, since there were too many kinds
#
# Paths are written in percent-encoding. No link is followed, and no other file system entered.
use strict;
use Fcntl qw(:DEFAULT :mode);

my ($mounted, $depth, $limit, $users, @folders) = @ARGV;
chomp(my $machine = `uname -m`);
my $lgetxattr = {x86_64 => 192, aarch64 => 9}->{$machine} or die "machine $machine is not known\n";
my %users = map { $_ => 1 } split /,/, $users;
my ($kinds_kept, $ways_kept, $paths_kept) = (10_000, 2_000, 3);
$| = 1;

sub attribute {
  my ($path, $name) = @_;
  $name .= "\0";
  for my $size (1024, 65536) {
    my $value = "\0" x $size;
    my $got = syscall($lgetxattr, $path, $name, $value, $size);
    return unpack('H*', substr($value, 0, $got)) if $got > 0;
    return '-' unless $! == 34;
  }
  return '-';
}

sub encoded {
  my $path = substr $_[0], 0, 1000;
  $path =~ s/([^A-Za-z0-9_.\/-])/sprintf '%%%02X', ord $1/ge;
  return $path eq '' ? '.' : $path;
}

# Steps into a folder below MOUNTED, one name at a time, so that no link leads anywhere else.
sub enter {
  chdir $mounted or return 0;
  for my $name (grep { $_ ne '' && $_ ne '.' } split /\//, $_[0]) {
    return 0 if $name eq '..';
    sysopen(my $folder, $name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) or return 0;
    chdir $folder or return 0;
  }
  return 1;
}

# Looks at the entries of the current folder whose names fall to this part, and at all folders, which one part alone counts.
sub look {
  my ($number, $part, $out) = @_;
  my $mark = "$number.$part";
  my (%like, %above, %count, @sets, @way, @own);
  my ($seen, $vanished, $more, $complete) = (0, 0, 0, 1);
  my $name = "system.posix_acl_access\0";
  my $value = "\0" x 1024;
  my $anybody = keys %users;
  my @below = $depth < 0 ? () : ('-maxdepth', $depth);
  open(my $find, '-|', '/usr/bin/find', '.', @below, '-xdev', '-ignore_readdir_race', '-printf', '%y%d/%P\0') or die "find: $!\n";
  local $/ = "\0";
  while (my $line = <$find>) {
    if (++$seen > $limit) { $seen--; $complete = 0; last }
    print $out "progress $seen\n" if $part == 0 && $seen % 50_000 == 0;
    chop $line;
    my $at = index $line, '/';
    my $path = substr $line, $at + 1;
    my $letter = substr $line, 0, 1;
    my $mine = $part == (unpack('%8C*', $path) & 1);
    next if !$mine && ($letter eq 'f' || $letter eq 'l');
    my $depth = substr $line, 1, $at - 1;
    my $file = $path eq '' ? '.' : $path;
    my @stat = lstat $file;
    my $folder = S_ISDIR($stat[2]);
    if (!@stat) { $vanished++ if $mine; next }
    next unless $mine || $folder;

    my $acl = '-';
    if ($anybody && ($stat[2] & 070) && !S_ISLNK($stat[2]) && !($anybody == 1 && $users{$stat[4]})) {
      my $got = syscall($lgetxattr, $file, $name, $value, 1024);
      $acl = $got > 0 ? unpack('H*', substr($value, 0, $got)) : $! == 34 ? attribute($file, 'system.posix_acl_access') : '-';
    }
    my $kind = sprintf '%o %d %d %s', $stat[2], $stat[4], $stat[5], $acl;
    my $like = $like{$kind};
    if (!$like) {
      if (keys %like < $kinds_kept) {
        $like = $like{$kind} = 1 + keys %like;
        print $out "like $mark $like $kind\n";
      } else {
        $like = -1;
      }
    }
    my $parent = $depth == 0 ? 0 : $own[$depth - 1];
    my $way = $depth == 0 ? 0 : $way[$depth - 1];
    if ($folder) {
      $own[$depth] = $like;
      if ($way < 0 || $like < 0) { $way[$depth] = -1 }
      elsif ($sets[$way] && $sets[$way]{$like}) { $way[$depth] = $way }
      else {
        my $key = "$way $like";
        if (!$above{$key}) {
          if (keys %above < $ways_kept) {
            my $id = $above{$key} = 1 + keys %above;
            $sets[$id] = {%{$sets[$way] || {}}, $like => 1};
            print $out "above $mark $id $way $like ", encoded($path), "\n";
          } else {
            $above{$key} = -1;
          }
        }
        $way[$depth] = $above{$key};
      }
      next if $part != 0;
    }
    if ($way < 0 || $like < 0 || $parent < 0) { $more++; next }
    my $key = "$way $like $parent";
    my $count = $count{$key};
    if (!$count) {
      if (keys %count >= $kinds_kept) { $more++; next }
      $count = $count{$key} = [0];
    }
    $count->[0]++;
    push @$count, encoded($path) if @$count <= $paths_kept;
  }
  close $find;
  print $out "count $mark $_ @{$count{$_}}\n" for keys %count;
  return ($seen, $complete, $vanished, $more);
}

for my $number (0 .. $#folders) {
  my @top = enter($folders[$number]) ? lstat '.' : ();
  if (!@top) { print "missing $number\n"; next }
  printf "top %d %o %d %d %s %s\n", $number, @top[2, 4, 5], map { attribute('.', "system.posix_acl_$_") } 'access', 'default';
  pipe(my $from, my $to) or die "pipe: $!\n";
  my $child = fork;
  die "fork: $!\n" unless defined $child;
  if ($child == 0) {
    close $from;
    my @result = look($number, 1, $to);
    print $to "@result\n";
    close $to;
    exit 0;
  }
  close $to;
  my ($seen, $complete, $vanished, $more) = look($number, 0, \*STDOUT);
  my @other;
  while (my $line = <$from>) {
    if ($line =~ /^\d/) { @other = split ' ', $line } else { print $line }
  }
  waitpid $child, 0;
  die "the second part ended early\n" unless @other == 4;
  $complete = 0 unless $other[1];
  print "done $number $seen $complete ", $vanished + $other[2], ' ', $more + $other[3], "\n";
}
