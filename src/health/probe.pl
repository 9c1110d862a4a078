# What a helper runs that sees the processes of the host, to look at how volumes are used at the moment:
#
#     perl -e SCRIPT NUMBER PID CONTAINER TARGET …
#
# Four arguments for each mount of a running container: its number, the first process and the id of the container, and where it has
# the volume. Lines, with paths in percent-encoding:
#
#     pressure SOME10 SOME60 FULL10 FULL60              of the host, in percent of the time
#     space NUMBER BLOCKSIZE BLOCKS AVAILABLE INODES FREE-INODES
#     lock CONTAINER TYPE ACCESS WAITS PATH             a lock on a file that the container has open; WAITS is 0 or 1
use strict;

my @places;
while (@ARGV >= 4) { push @places, [splice @ARGV, 0, 4]; }
my %containers = map { $_->[2] => 1 } @places;

sub encoded { my ($path) = @_; $path =~ s/([^\w\/.-])/sprintf '%%%02X', ord $1/ge; return $path; }

sub lines_of { my ($file) = @_; open my $in, '<', $file or return; my @lines = <$in>; close $in; return @lines; }

# The kernel gives the number of a process that has ended to another one: its cgroup tells whose it is.
sub container_of {
  my ($pid) = @_;
  for my $line (lines_of("/proc/$pid/cgroup")) {
    for my $id ($line =~ /([0-9a-f]{64})/g) { return $id if $containers{$id}; }
  }
  return undef;
}

my %pressure = map { /^(some|full) avg10=([\d.]+) avg60=([\d.]+)/ ? ($1 => "$2 $3") : () } lines_of('/proc/pressure/io');
print "pressure $pressure{some} $pressure{full}\n" if defined $pressure{some} && defined $pressure{full};

for my $place (@places) {
  my ($number, $pid, $container, $target) = @$place;
  next unless (container_of($pid) // '') eq $container;
  my $found = open my $stat, '-|', 'stat', '-f', '-c', '%S %b %a %c %d', "/proc/$pid/root$target";
  next unless $found;
  my $line = <$stat>;
  close $stat;
  print "space $number $line" if defined $line && $line =~ /^\d+ \d+ \d+ \d+ \d+$/;
}

for my $line (lines_of('/proc/locks')) {
  my ($waits, $type, $access, $pid, $inode) =
    $line =~ /^\d+: (->)?\s*(\w+)\s+\w+\s+(\w+) (\d+) [0-9a-f]+:[0-9a-f]+:(\d+) / or next;
  my $container = container_of($pid) // next;
  opendir my $files, "/proc/$pid/fd" or next;
  for my $file (map { "/proc/$pid/fd/$_" } grep { /^\d+$/ } readdir $files) {
    my @stat = stat $file;
    next unless @stat && $stat[1] == $inode;
    my $path = readlink $file // next;
    print join(' ', 'lock', $container, $type, $access, $waits ? 1 : 0, encoded($path)), "\n";
    last;
  }
}
