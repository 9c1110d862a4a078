# What repair.pl and undo.pl share; it stands in front of each. Every change is made by the name of an entry in the current folder,
# which was stepped into name by name: no link is followed, whatever is swapped meanwhile.
use strict;
use Fcntl qw(:DEFAULT :mode);
use IO::Handle;

chomp(my $machine = `uname -m`);
my %calls = (
  x86_64 => {fchownat => 260, lsetxattr => 189, lgetxattr => 192, lremovexattr => 198, fsync => 74},
  aarch64 => {fchownat => 54, lsetxattr => 6, lgetxattr => 9, lremovexattr => 15, fsync => 82},
);
my $call = $calls{$machine} or die "machine $machine is not known\n";
my ($fchownat, $fchmodat2) = ($call->{fchownat}, 452);
my ($here, $no_follow, $o_path) = (-100, 0x100, 010000000);
my ($gone, $too_small) = (2, 34);
my $set_pipe_size = 1031;
my ($access, $default, $capability) = map { "$_\0" } 'system.posix_acl_access', 'system.posix_acl_default', 'security.capability';
my (%count, @failures, $top, $device, @names, @folders);
my $has_fchmodat2 = 1;
$| = 1;

sub encoded {
  my $path = substr $_[0], 0, 1000;
  $path =~ s/([^A-Za-z0-9_.\/-])/sprintf '%%%02X', ord $1/ge;
  return $path eq '' ? '.' : $path;
}

sub open_top {
  sysopen($top, $_[0], O_RDONLY | O_DIRECTORY | O_NOFOLLOW) && chdir $top or die "$_[0]: $!\n";
  $device = (lstat '.')[0];
}

# Makes a folder the current one, by its path below the top. The folders on the way stay open for the next time.
sub enter {
  my @wanted = split /\//, $_[0];
  my $common = 0;
  $common++ while $common < @wanted && $common < @names && $names[$common] eq $wanted[$common];
  splice @names, $common;
  splice @folders, $common;
  chdir($common ? $folders[-1] : $top) or return 0;
  for my $name (@wanted[$common .. $#wanted]) {
    sysopen(my $folder, $name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) or return 0;
    chdir $folder or return 0;
    push @names, $name;
    push @folders, $folder;
  }
  return 1;
}

# The value of an attribute in hex digits; `-` when there is none.
sub attribute {
  my ($name, $attribute) = @_;
  for my $size (1024, 65536) {
    my $value = "\0" x $size;
    my $got = syscall($call->{lgetxattr}, $name, $attribute, $value, $size);
    return unpack 'H*', substr $value, 0, $got if $got > 0;
    return '-' unless $! == $too_small;
  }
  return '-';
}

# Sets an attribute from hex digits, or removes it with `-`.
sub set_attribute {
  my ($name, $attribute, $hex) = @_;
  if ($hex eq '-') {
    return 1 if syscall($call->{lremovexattr}, $name, $attribute) == 0;
    return $! == 61 || $! == 95;
  }
  my $value = pack 'H*', $hex;
  return syscall($call->{lsetxattr}, $name, $attribute, $value, length $value, 0) == 0;
}

sub set_owner {
  my ($name, $uid, $gid) = @_;
  return syscall($fchownat, $here, $name, $uid + 0, $gid + 0, $no_follow) == 0;
}

# chmod follows links; so does no other call before Linux 6.6, where the entry is opened without being used.
sub set_mode {
  my ($name, $mode) = @_;
  if ($has_fchmodat2) {
    return 1 if syscall($fchmodat2, $here, $name, $mode + 0, $no_follow) == 0;
    return 0 unless $! == 38 || $! == 1;
    $has_fchmodat2 = 0 if $! == 38;
  }
  sysopen(my $entry, $name, $o_path | O_NOFOLLOW) or return 0;
  return 0 if S_ISLNK((stat $entry)[2]);
  return chmod $mode, '/proc/self/fd/' . fileno $entry;
}

# An entry that vanished is no failure.
sub note_failure {
  my ($what, $path) = @_;
  my $error = $!;
  if ($error == $gone) { $count{vanished}++; return }
  $count{failed}++;
  push @failures, 'failed ' . encoded($path) . " $what: $error" if @failures < 5;
}

# Brings an entry of the current folder to what the fields say. An ACL or capability of `.` stays as it is.
sub change {
  my ($name, $path, $is_link, $uid, $gid, $mode, $acl, $default_acl, $file_capability) = @_;
  return note_failure('owner', $path) unless set_owner($name, $uid, $gid);
  return 1 if $is_link;
  return note_failure('ACL', $path) unless $acl eq '.' || set_attribute($name, $access, $acl);
  return note_failure('default ACL', $path) unless $default_acl eq '.' || set_attribute($name, $default, $default_acl);
  return note_failure('mode', $path) unless $mode < 0 || set_mode($name, $mode);
  return note_failure('capability', $path) unless $file_capability eq '.' || set_attribute($name, $capability, $file_capability);
  return 1;
}

sub report {
  print "$_\n" for @failures;
  print "count $_ $count{$_}\n" for sort keys %count;
  print "end\n";
}
