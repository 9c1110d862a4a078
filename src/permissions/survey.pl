# What a helper runs to look at who may use what in a volume: it writes no list of entries but counts of those that are alike.
#
#     perl -e SCRIPT MOUNTED DEPTH LIMIT USERS FOLDER…
#
# DEPTH is -1 for all; LIMIT is how many entries are looked at in each FOLDER (a path below MOUNTED, empty for its root). USERS are
# those whose rights an ACL may decide, separated by commas: where none of them could be helped or hindered by it, it is not read.
# Two processes walk where there is much to look at: a single one takes longer than find does. Lines:
#
#     progress ENTRIES
#     missing FOLDER                                   by its number
#     top FOLDER MODE UID GID ACL DEFAULT-ACL          of the folder itself; MODE is st_mode in octal digits, `-` is none
#     like FOLDER ID MODE UID GID ACL                  owner, mode and ACL of entries that are alike
#     above FOLDER ID OTHER-ID LIKE-ID PATH            a set of folders on the way: OTHER-ID (0: none) and one more
#     count FOLDER ABOVE-ID LIKE-ID PARENT-LIKE-ID ENTRIES PATH…
#     done FOLDER ENTRIES COMPLETE VANISHED MORE       MORE entries are in no count, since there were too many kinds
#
# Paths are written in percent-encoding. No link is followed, and no other file system entered.
use strict;
use Fcntl;

my ($mounted, $depth, $limit, $users, @folders) = @ARGV;
chomp(my $machine = `uname -m`);
my $lgetxattr = {x86_64 => 192, aarch64 => 9}->{$machine} or die "machine $machine is not known\n";
my %users = map { $_ => 1 } split /,/, $users;
my $anybody = keys %users;
my ($kinds_kept, $ways_kept, $paths_kept) = (10_000, 2_000, 3);
my ($portion, $told_each) = (1_000, 50_000);
# A second process begins when so many folders wait, and where so many entries may be looked at.
my ($folders_for_two, $entries_for_two) = (16, 100_000);
my ($gone, $no_attribute, $too_small) = (2, 61, 34);
$| = 1;

# What the processes have in common goes round in a pipe: how many entries may be looked at still, the next of the folders
# that wait, how many processes walk, and how many of them want to look at more than they may. Only who has taken it out
# writes lines, so that none is torn.
pipe my $taken, my $given or die "pipe: $!\n";
my @common = qw(left next walking hungry);

sub put { syswrite $given, pack 'Q4', @{$_[0]}{@common} }

sub alone {
  my ($act) = @_;
  my ($state, %common);
  1 until sysread $taken, $state, 32;
  @common{@common} = unpack 'Q4', $state;
  my $result = $act->(\%common);
  put(\%common);
  return $result;
}

sub tell_all {
  my @lines = @_;
  alone(sub { print @lines });
}

sub attribute {
  my ($path, $name) = @_;
  $name .= "\0";
  for my $size (1024, 65536) {
    my $value = "\0" x $size;
    my $got = syscall($lgetxattr, $path, $name, $value, $size);
    return unpack('H*', substr($value, 0, $got)) if $got > 0;
    return '-' unless $! == $too_small;
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

# Of the FOLDER that is looked at. Both processes go on from what the first knew as the second began; what they find out
# then has ids of their own.
my ($number, $device, $first_id, %like, %above, %sets);
# Of this process.
my ($allowed, $seen, $vanished, $more, $unread, $spent, %count);

sub begin_counting {
  ($first_id) = @_;
  ($allowed, $seen, $vanished, $more, $unread, $spent) = (0, 0, 0, 0, 0, 0);
  %count = ();
}

# Takes a portion of the entries that may be looked at. The last ones may be with the other process: it gives back what it
# does not need.
sub allowance {
  my $is_hungry = 0;
  for (;;) {
    $allowed = alone(sub {
      my ($common) = @_;
      my $before = $limit - $common->{left};
      my $took = $common->{left} < $portion ? $common->{left} : $portion;
      $common->{left} -= $took;
      $common->{hungry} += ($took ? 0 : 1) - $is_hungry;
      $is_hungry = $took ? 0 : 1;
      $spent = $common->{hungry} == $common->{walking} ? 1 : 0;
      my $told = $told_each * int(($before + $took) / $told_each);
      print "progress $told\n" if $told > $before;
      return $took;
    });
    return $allowed if $allowed || $spent;
    select undef, undef, undef, 0.002;
  }
}

# The id of entries that stand so, or -1 when there are too many kinds.
sub kind_of {
  my ($stand) = @_;
  return $like{$stand} if $like{$stand};
  return -1 if keys %like >= $kinds_kept;
  my $id = $like{$stand} = $first_id + keys %like;
  tell_all("like $number $id $stand\n");
  return $id;
}

# The id of the folders on the way to what is in a folder of this kind.
sub way_into {
  my ($way, $kind, $path) = @_;
  return -1 if $way < 0 || $kind < 0;
  return $way if $sets{$way} && $sets{$way}{$kind};
  my $known = $above{"$way $kind"};
  return $known if $known;
  return $above{"$way $kind"} = -1 if keys %above >= $ways_kept;
  my $id = $above{"$way $kind"} = $first_id + keys %above;
  $sets{$id} = {%{$sets{$way} || {}}, $kind => 1};
  tell_all("above $number $id $way $kind ", encoded($path), "\n");
  return $id;
}

# Counts an entry; gives the count, for the next one like it, unless there are too many kinds.
sub counted {
  my ($way, $kind, $parent, $path) = @_;
  my $count = $way < 0 || $kind < 0 || $parent < 0 ? undef : $count{"$way $kind $parent"};
  if (!$count) {
    if ($way < 0 || $kind < 0 || $parent < 0 || keys %count >= $kinds_kept) { $more++; return undef }
    $count = $count{"$way $kind $parent"} = [0];
  }
  $count->[0]++;
  push @$count, encoded($path) if @$count <= $paths_kept;
  return $count;
}

# Whether an ACL of such an entry could decide about anybody.
sub acl_matters {
  my ($mode, $uid) = @_;
  return $anybody && $mode & 070 && ($mode & 0170000) != 0120000 && !($anybody == 1 && $users{$uid});
}

# Looks at the entries of a folder that waits, and gives those that are folders.
sub look_into {
  my ($level, $parent, $way, $path) = split / /, $_[0], 4;
  my $entries;
  if (!enter("$folders[$number]/$path") || !opendir $entries, '.') {
    $! == $gone ? $vanished++ : $unread++;
    return;
  }
  my ($name_of_acl, $value, @inner) = ("system.posix_acl_access\0", "\0" x 1024);
  my ($last_mode, $last_uid, $last_gid, $last_matters, $last_count) = (-1, -1, -1);
  while (defined(my $name = readdir $entries)) {
    next if $name eq '.' || $name eq '..';
    last if !$allowed && !allowance();
    my ($where, $mode, $uid, $gid) = (lstat $name)[0, 2, 4, 5];
    if (!defined $mode) { $! == $gone ? $vanished++ : $unread++; next }
    $allowed--;
    $seen++;
    # Most entries stand as the one before: all that is asked of them is whether they have an ACL.
    if ($mode == $last_mode && $uid == $last_uid && $gid == $last_gid) {
      if (!$last_matters || (syscall($lgetxattr, $name, $name_of_acl, $value, 1024) < 0 && $! == $no_attribute)) {
        $last_count->[0]++;
        next;
      }
    }
    my $matters = acl_matters($mode, $uid);
    my $acl = $matters ? attribute($name, 'system.posix_acl_access') : '-';
    my $own = $path eq '' ? $name : "$path/$name";
    my $kind = kind_of(sprintf '%o %d %d %s', $mode, $uid, $gid, $acl);
    my $count = counted($way, $kind, $parent, $own);
    my $is_folder = ($mode & 0170000) == 0040000;
    if ($is_folder && $where == $device && ($depth < 0 || $level < $depth)) {
      push @inner, join ' ', $level + 1, $kind, way_into($way, $kind, $own), $own;
    }
    if ($count && !$is_folder && $acl eq '-' && @$count > $paths_kept) {
      ($last_mode, $last_uid, $last_gid, $last_matters, $last_count) = ($mode, $uid, $gid, $matters, $count);
    }
  }
  return @inner;
}

# Walks the folders that wait, as long as there is one that the other process has not taken.
sub walk {
  my (@waiting) = @_;
  while (defined(my $index = alone(sub { $_[0]{next} < @waiting ? $_[0]{next}++ : undef }))) {
    my @stack = $waiting[$index];
    while (@stack && !$spent) { push @stack, look_into(pop @stack) }
  }
  alone(sub { $_[0]{left} += $allowed; $_[0]{walking}--; $_[0]{hungry} -= $spent });
  tell_all(map { "count $number $_ @{$count{$_}}\n" } keys %count);
}

# Walks with a second process, and adds what that one has seen.
sub walk_in_two {
  my (@waiting) = @_;
  pipe my $told, my $teller or die "pipe: $!\n";
  alone(sub { $_[0]{walking}++ });
  my $second = fork // die "fork: $!\n";
  if (!$second) {
    begin_counting(1_000_000);
    walk(@waiting);
    syswrite $teller, "$seen $vanished $more $unread $spent";
    exit 0;
  }
  close $teller;
  local $SIG{CHLD} = sub { die "the second process ended with $?\n" if waitpid($second, 0) == $second && $? };
  walk(@waiting);
  my ($also_seen, $also_vanished, $also_more, $also_unread, $also_spent) = split / /, <$told> // die "the second process told nothing\n";
  $seen += $also_seen;
  $vanished += $also_vanished;
  $more += $also_more;
  $unread += $also_unread;
  $spent ||= $also_spent;
}

# Looks at a folder that was entered.
sub look {
  ($number, $device, my ($mode, $uid, $gid)) = @_;
  (%like, %above, %sets) = ();
  begin_counting(1);
  put({left => $limit, next => 0, walking => 1, hungry => 0});
  if (allowance()) {
    ($allowed, $seen) = ($allowed - 1, 1);
    my $acl = acl_matters($mode, $uid) ? attribute('.', 'system.posix_acl_access') : '-';
    my $kind = kind_of(sprintf '%o %d %d %s', $mode, $uid, $gid, $acl);
    counted(0, $kind, 0, '');
    my @waiting = $depth ? join ' ', 1, $kind, way_into(0, $kind, ''), '' : ();
    while (@waiting && @waiting < $folders_for_two && !$spent) { push @waiting, look_into(shift @waiting) }
    if (@waiting && $limit >= $entries_for_two) { walk_in_two(@waiting) } else { walk(@waiting) }
  }
  my $complete = $spent || $unread ? 0 : 1;
  print "done $number $seen $complete $vanished $more\n";
  sysread $taken, my $over, 32;
}

for my $index (0 .. $#folders) {
  my @top = enter($folders[$index]) ? lstat '.' : ();
  if (!@top) { print "missing $index\n"; next }
  printf "top %d %o %d %d %s %s\n", $index, @top[2, 4, 5], map { attribute('.', "system.posix_acl_$_") } 'access', 'default';
  look($index, @top[0, 2, 4, 5]);
}
