# Brings owner, mode and ACL of everything in a volume to what was asked for, or counts what that would change.
#
#     perl -e SCRIPT NAME=VALUE…
#
#     work=plan|apply   folder=MOUNTED   record=FOLDER
#     owner=UID   group=GID                        left out: stay as they are
#     folders=OPERATIONS   files=OPERATIONS        of modes, separated by spaces, each `+|-|=:AFFECTED:BITS:X` (octal; X: 1 or 0)
#     writer=u|g:ID                                each: an ACL lets it read and write, also what is made in folders later
#     exclude=PATH                                 each: is left alone with all that is in it
#     known=PATH                                   each: a database that the plan has judged; another one is left alone
#     before=MODE:UID:GID   after=MODE:UID:GID     of the folder itself: it must be one of them, else nothing is done
#
# Before an entry is changed, how it was is written to a record: files `NUMBER.zst`, each of which appears whole, and is on
# the disk before anything that it tells of is changed. A record is `INODE UID GID MODE ACL DEFAULT-ACL CAPABILITY PATH` and a NUL;
# `.` stands for what the change does not touch. Lines:
#
#     top MODE UID GID MODE UID GID                of the folder itself, before and after
#     database NUMBER KIND PATH MODE UID GID MODE UID GID OWNER      OWNER is that of its main file
#     change DATABASE WHAT FROM TO ENTRIES PATH…   DATABASE 0: none
#     protected KIND PATH                          a database that the plan did not know
#     failed PATH WHAT: WORDS
#     count WORD NUMBER                            entries, changed, vanished, failed, foreign, excluded, protected, deep
#     outdated MODE UID GID                        the folder itself is not what it was
#     full WORDS                                   the record could not be written; what it does not tell of was not changed
my (%set, %excluded, %known, @writers);
for my $setting (@ARGV) {
  my ($name, $value) = split /=/, $setting, 2;
  if ($name eq 'exclude') { $excluded{$value} = 1 }
  elsif ($name eq 'known') { $known{$value} = 1 }
  elsif ($name eq 'writer') { push @writers, [split /:/, $value] }
  else { $set{$name} = $value }
}
my $applies = $set{work} eq 'apply';
my ($batch, $kinds_kept, $paths_kept, $deepest, $databases_to) = (20_000, 2_000, 3, 500, 8);
my %operations = map { my $of = $_; $of => [map { my @part = split /:/; [$part[0], oct $part[1], oct $part[2], $part[3]] } split / /, $set{$of} // ''] } 'folders', 'files';
my ($owner, $group) = @set{'owner', 'group'};
my (%changes, $segment, $databases, $queued_in, $to_changes, $from_changes);
my ($queued, $queue, $record) = (0, '', '');
$SIG{PIPE} = 'IGNORE';
# Where nothing but owner and group is asked for, files need one call; -1 lets one of them stay. A program takes the long way, since
# the kernel takes bits and capabilities from it.
my $is_plain = $applies && !@writers && !@{$operations{folders}} && !@{$operations{files}};
my ($plain_uid, $plain_gid) = (0 + ($owner // -1), 0 + ($group // -1));

sub adjusted {
  my ($mode, $operations, $is_folder) = @_;
  for my $operation (@$operations) {
    my ($sign, $affected, $bits, $x) = @$operation;
    $bits |= 0111 & $affected if $x && ($is_folder || $mode & 0111);
    $mode = $sign eq '+' ? $mode | $bits : $sign eq '-' ? $mode & ~$bits : ($mode & ~$affected) | $bits;
  }
  return $mode;
}

# ACLs, as the kernel has them: tag, bits and id of each entry.
sub acl_of {
  my ($hex) = @_;
  return map { [unpack 'vvV', $_] } unpack '(a8)*', substr pack('H*', $hex), 4;
}

sub acl_hex {
  my @sorted = sort { $a->[0] <=> $b->[0] || $a->[2] <=> $b->[2] } @_;
  return unpack 'H*', pack('V', 2) . join '', map { pack 'vvV', @$_ } @sorted;
}

# The ACL that lets the writers in besides, and the mode that it makes. Its mask lets through all that any entry gives.
sub with_writers {
  my ($hex, $mode, $operations, $is_folder) = @_;
  my $nobody = 0xffffffff;
  my @old = $hex eq '-' ? () : acl_of($hex);
  my ($group_entry) = grep { $_->[0] == 4 } @old;
  my $plain = @old ? ($mode & ~070) | ($group_entry->[1] << 3) : $mode;
  $plain = adjusted($plain, $operations, $is_folder);
  my $bits = $is_folder || $plain & 0111 ? 7 : 6;
  my %named = map { ("$_->[0]:$_->[2]" => $_) } grep { $_->[0] == 2 || $_->[0] == 8 } @old;
  $named{($_->[0] eq 'u' ? 2 : 8) . ":$_->[1]"} = [$_->[0] eq 'u' ? 2 : 8, $bits, $_->[1]] for @writers;
  my $mask = ($plain >> 3) & 7;
  $mask |= $_->[1] for values %named;
  my @entries = ([1, ($plain >> 6) & 7, $nobody], [4, ($plain >> 3) & 7, $nobody], [16, $mask, $nobody], [32, $plain & 7, $nobody]);
  return (acl_hex(@entries, values %named), ($plain & ~070) | ($mask << 3));
}

sub tally {
  my ($database, $what, $from, $to, $path) = @_;
  my $key = "$database $what $from $to";
  my $kind = $changes{$key};
  if (!$kind) {
    $key = "$database $what other other" if keys %changes >= $kinds_kept;
    $kind = $changes{$key} ||= [0];
  }
  $kind->[0]++;
  push @$kind, encoded($path) if @$kind <= $paths_kept;
}

# Where an entry of the current folder stands and where it shall, or nothing when that is the same.
sub wanted {
  my ($name, $stat) = @_;
  my ($mode, $uid, $gid) = @$stat[2, 4, 5];
  my ($is_link, $is_folder) = (S_ISLNK($mode), S_ISDIR($mode));
  my $old = $mode & 07777;
  my ($new_uid, $new_gid) = ($owner // $uid, $group // $gid);
  my ($new, $acl, $default_acl, $old_acl, $old_default) = ($old, '.', '.', '.', '.');
  if (!$is_link && ($is_folder || S_ISREG($mode))) {
    my $operations = $operations{$is_folder ? 'folders' : 'files'};
    if (@writers) {
      $old_acl = attribute($name, $access);
      ($acl, $new) = with_writers($old_acl, $old, $operations, $is_folder);
      if ($is_folder) {
        $old_default = attribute($name, $default);
        ($default_acl) = with_writers($old_default eq '-' ? $acl : $old_default, $new, [], 1);
      }
      if ($acl eq $old_acl) { $acl = $old_acl = '.' }
      if ($default_acl eq $old_default) { $default_acl = $old_default = '.' }
    } else {
      $new = adjusted($old, $operations, $is_folder);
    }
  }
  my $owner_changes = $new_uid != $uid || $new_gid != $gid;
  return if !$owner_changes && $new == $old && $acl eq '.' && $default_acl eq '.';
  # The kernel takes these from a file whose owner changes.
  my $file_capability = $owner_changes && S_ISREG($mode) && $mode & 0111 ? attribute($name, $capability) : '.';
  $file_capability = '.' if $file_capability eq '-';
  my $new_mode = $new != $old || ($owner_changes && $new & 06000 && !$is_folder) ? $new : -1;
  return {
    before => "$stat->[1] $uid $gid $old $old_acl $old_default $file_capability",
    after => [$is_link ? 1 : 0, $new_uid, $new_gid, $new_mode, $acl, $default_acl, $file_capability],
    owner => $owner_changes ? ["$uid:$gid", "$new_uid:$new_gid"] : undef,
    mode => $new != $old ? [$is_folder ? 'folder-mode' : 'file-mode', sprintf('%04o', $old), sprintf('%04o', $new)] : undef,
    acl => $acl ne '.' || $default_acl ne '.',
  };
}

sub note_progress {
  print "progress $count{entries} ", $count{changed} // 0, "\n";
}

sub consider {
  my ($name, $folder, $path, $stat, $database) = @_;
  note_progress() if ++$count{entries} % 20_000 == 0;
  my $change = wanted($name, $stat);
  return unless $change;
  $count{changed}++;
  if (!$applies) {
    tally($database, 'owner', @{$change->{owner}}, $path) if $change->{owner};
    tally($database, @{$change->{mode}}, $path) if $change->{mode};
    tally($database, 'acl', '-', '-', $path) if $change->{acl};
    return;
  }
  $record .= "$change->{before} $path\0";
  enqueue("c@{$change->{after}} $name", $folder);
}

# What waits: the path of a folder, then what changes in it; names whose owner alone changes, or all fields.
sub enqueue {
  my ($entry, $folder) = @_;
  if (!defined $queued_in || $queued_in ne $folder) {
    $queued_in = $folder;
    $queue .= "d$folder\0";
  }
  $queue .= "$entry\0";
  flush_queue() if ++$queued >= $batch;
}

# Writes the record of the entries that wait, and has them changed.
sub flush_queue {
  return unless $queued;
  my $file = sprintf '%s/%08d.zst', $set{record}, ++$segment;
  open(my $to, '|-', '/usr/bin/zstd', '-q', '-1', '-f', '-o', "$file.new") or die "zstd: $!\n";
  my $written = print $to $record;
  my $stored = close($to) && $written;
  if ($stored) {
    open(my $kept, '<', "$file.new") or die "$file: $!\n";
    $stored = syscall($call->{fsync}, fileno $kept) == 0 && rename "$file.new", $file;
  }
  if (!$stored) {
    print 'full ', ($! || 'zstd could not write it'), "\n";
    $count{changed} -= $queued;
    finish_changes();
    report();
    exit 4;
  }
  start_changes() unless $to_changes;
  print $to_changes $queue or die "the process that changes entries is gone\n";
  $record = $queue = '';
  ($queued, $queued_in) = (0);
}

# Another process makes the changes whose record is on the disk, while this one looks at the next entries.
sub start_changes {
  pipe(my $from, $to_changes) && pipe($from_changes, my $back) or die "pipe: $!\n";
  # A batch must fit, or this process would wait for the other one to take it.
  fcntl $to_changes, $set_pipe_size, 1 << 20;
  my $child = fork;
  die "fork: $!\n" unless defined $child;
  if ($child) { close $_ for $from, $back; $to_changes->autoflush(1); return }
  close $_ for $to_changes, $from_changes;
  %count = @failures = @names = @folders = ();
  my ($folder, $is_there);
  {
    local $/ = "\0";
    while (my $line = <$from>) {
      chop $line;
      my $kind = substr $line, 0, 1, '';
      if ($kind eq 'd') { $folder = $line; $is_there = enter($folder) }
      elsif (!$is_there) { $count{vanished}++ }
      elsif ($kind eq 'n') {
        syscall($fchownat, $here, $line, $plain_uid, $plain_gid, $no_follow) == 0
          or note_failure('owner', $folder eq '' ? $line : "$folder/$line");
      } else {
        my (@after) = split / /, $line, 8;
        my $name = pop @after;
        change($name, $folder eq '' ? $name : "$folder/$name", @after);
      }
    }
  }
  print $back "$_\n" for @failures, map { "count $_ $count{$_}" } keys %count;
  print $back "end\n";
  close $back;
  exit 0;
}

# Waits until all changes are made.
sub finish_changes {
  return unless $to_changes;
  close $to_changes;
  my $ended;
  while (my $line = <$from_changes>) {
    chomp $line;
    if ($line eq 'end') { $ended = 1 }
    elsif ($line =~ /^count (\w+) (\d+)$/) { $count{$1} += $2 }
    else { push @failures, $line }
  }
  die "the process that changes entries ended early\n" unless $ended;
}

# The kind of database whose data lies in a folder that the current one has.
sub database_in {
  my ($at) = @_;
  return 'postgresql' if -e "$at/PG_VERSION" && (-e "$at/base" || -e "$at/global");
  return 'mysql' if -e "$at/ibdata1" || -e "$at/aria_log_control" || -e "$at/mysql.ibd";
  return 'redis' if -e "$at/dump.rdb" || -e "$at/appendonlydir" || -e "$at/appendonly.aof";
  return '';
}

my %main_file = (
  postgresql => ['PG_VERSION'], mysql => ['ibdata1', 'aria_log_control', 'mysql.ibd'], redis => ['dump.rdb', 'appendonlydir', 'appendonly.aof'],
);

sub stand {
  my ($mode, $uid, $gid, $change) = @_;
  my $after = $change ? $change->{after} : undef;
  my $new = !$change ? $mode & 07777 : $change->{mode} ? oct $change->{mode}[2] : $mode & 07777;
  return sprintf '%o %d %d %o %d %d', $mode & 07777, $uid, $gid, $new, $after ? @$after[1, 2] : ($uid, $gid);
}

# The number of the database that a folder is: that of the one it lies in, a new one, 0 for none, or -1 for one that is left alone
# since the plan did not know it.
sub database_of {
  my ($name, $path, $stat, $outer, $depth) = @_;
  return $outer if $outer || $depth > $databases_to;
  my $kind = database_in($name) or return 0;
  $databases++;
  my ($main) = grep { -e } map { "$name/$_" } @{$main_file{$kind}};
  my $owner = (lstat $main)[4] // -1;
  print "database $databases $kind ", encoded($path), ' ', stand(@$stat[2, 4, 5], wanted($name, $stat)), " $owner\n";
  return $databases if !$applies || $known{$path};
  print "protected $kind ", encoded($path), "\n";
  $count{protected}++;
  return -1;
}

open_top($set{folder});
my @stat = lstat '.';
print 'top ', stand(@stat[2, 4, 5], wanted('.', \@stat)), "\n";
if ($applies) {
  my $now = sprintf '%o:%d:%d', $stat[2] & 07777, @stat[4, 5];
  if ($now ne $set{before} && $now ne $set{after}) { print 'outdated ', $now =~ tr/:/ /r, "\n"; exit 3 }
  # An earlier attempt has written parts already.
  opendir my $parts, $set{record} or die "$set{record}: $!\n";
  ($segment) = sort { $b <=> $a } 0, map { /^(\d+)\.zst$/ ? $1 : () } readdir $parts;
}
my $database = database_of('.', '.', \@stat, 0, 0);
consider('.', '', '.', \@stat, 0) if $database >= 0;

my @pending = $database < 0 ? () : (['', $database, 0]);
while (my $next = pop @pending) {
  my ($folder, $outer, $depth) = @$next;
  if (!enter($folder) || !opendir my $entries, '.') { $count{vanished}++ }
  else {
    while (defined(my $name = readdir $entries)) {
      next if $name eq '.' || $name eq '..';
      my @stat = lstat $name;
      if (!@stat) { $count{vanished}++; next }
      my $path = $folder eq '' ? $name : "$folder/$name";
      if (%excluded && $excluded{$path}) { $count{excluded}++; next }
      if ($stat[0] != $device) { $count{foreign}++; next }
      if ($is_plain && ($stat[2] & 0170000) == 0100000 && !($stat[2] & 06111)) {
        note_progress() if ++$count{entries} % 20_000 == 0;
        next if ($plain_uid < 0 || $stat[4] == $plain_uid) && ($plain_gid < 0 || $stat[5] == $plain_gid);
        $count{changed}++;
        $record .= "$stat[1] $stat[4] $stat[5] " . ($stat[2] & 07777) . " . . . $path\0";
        enqueue("n$name", $folder);
        next;
      }
      if (($stat[2] & 0170000) != 0040000) { consider($name, $folder, $path, \@stat, $outer); next }
      if ($depth >= $deepest) { $count{deep}++; next }
      my $database = database_of($name, $path, \@stat, $outer, $depth + 1);
      next if $database < 0;
      consider($name, $folder, $path, \@stat, $outer);
      push @pending, [$path, $database, $depth + 1];
    }
    closedir $entries;
  }
}
if ($applies) {
  flush_queue();
  finish_changes();
}
print "change $_ @{$changes{$_}}\n" for sort keys %changes;
report();
