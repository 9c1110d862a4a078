# What a helper runs to look at who may use what in a volume: it writes no list of entries but counts of those that are alike.
#
#     perl -e SCRIPT MOUNTED DEPTH LIMIT USERS FOLDER…
#
# DEPTH is -1 for all; LIMIT is how many entries are looked at in each FOLDER (a path below MOUNTED, empty for its root). USERS are
# those whose rights an ACL may decide, separated by commas: where none of them could be helped or hindered by it, it is not read.
# find reads owners and modes while this process reads ACLs, so both processors have work. Lines:
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
my ($kinds_kept, $ways_kept, $paths_kept) = (10_000, 2_000, 3);
# ENODATA, and what no line of find begins with.
my ($no_attribute, $none) = (61, '-');
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

my %types = (f => 0100000, d => 0040000, l => 0120000);

# Looks at the entries of the current folder.
sub look {
  my ($number) = @_;
  my (%like, %above, %count, %stands, @sets, @way, @own);
  my ($seen, $vanished, $more, $complete) = (0, 0, 0, 1);
  my $name = "system.posix_acl_access\0";
  my $value = "\0" x 1024;
  my ($last, $last_matters, $last_count) = ($none);
  my $anybody = keys %users;
  my @below = $depth < 0 ? () : ('-maxdepth', $depth);
  open(my $find, '-|', '/usr/bin/find', '.', @below, '-xdev', '-ignore_readdir_race', '-printf', '%d %m %U %G %y/%P\0') or die "find: $!\n";
  local $/ = "\0";
  while (my $line = <$find>) {
    if ($seen == $limit) { $complete = 0; last }
    print "progress $seen\n" if ++$seen % 50_000 == 0;
    chop $line;
    # Most entries stand as the one before, in the same folder: all that is asked of them is whether they have an ACL.
    if (rindex($line, $last, 0) == 0) {
      if (!$last_matters || (syscall($lgetxattr, substr($line, length $last), $name, $value, 1024) < 0 && $! == $no_attribute)) {
        $last_count->[0]++;
        next;
      }
    }
    my $at = 1 + index $line, '/';
    my $prefix = substr $line, 0, $at;
    my $path = substr $line, $at;
    my ($depth, $stand) = split / /, substr($prefix, 0, -1), 2;
    # What is the same for all that stand so: whether it is a folder, whether an ACL could matter, and how it is written.
    my $known = $stands{$stand} ||= do {
      my ($mode, $uid, $gid, $letter) = split / /, $stand;
      my $matters = $anybody && oct($mode) & 070 && $letter ne 'l' && !($anybody == 1 && $users{$uid});
      [$letter eq 'd', $matters, sprintf('%o %d %d', ($types{$letter} || 0010000) | oct $mode, $uid, $gid)];
    };
    my $acl = '-';
    if ($known->[1]) {
      my $file = $path eq '' ? '.' : $path;
      my $got = syscall($lgetxattr, $file, $name, $value, 1024);
      if ($got > 0) { $acl = unpack('H*', substr($value, 0, $got)) }
      elsif ($! == 34) { $acl = attribute($file, 'system.posix_acl_access') }
      elsif ($! == 2) { $vanished++ }
    }
    my $like = $like{$acl eq '-' ? $stand : "$stand $acl"};
    if (!$like) {
      if (keys %like < $kinds_kept) {
        $like = $like{$acl eq '-' ? $stand : "$stand $acl"} = 1 + keys %like;
        print "like $number $like $known->[2] $acl\n";
      } else {
        $like = -1;
      }
    }
    my ($parent, $way) = $depth ? ($own[$depth - 1], $way[$depth - 1]) : (0, 0);
    if ($known->[0]) {
      $own[$depth] = $like;
      if ($way < 0 || $like < 0) { $way[$depth] = -1 }
      elsif ($sets[$way] && $sets[$way]{$like}) { $way[$depth] = $way }
      else {
        my $key = "$way $like";
        if (!$above{$key}) {
          if (keys %above < $ways_kept) {
            my $id = $above{$key} = 1 + keys %above;
            $sets[$id] = {%{$sets[$way] || {}}, $like => 1};
            print "above $number $id $way $like ", encoded($path), "\n";
          } else {
            $above{$key} = -1;
          }
        }
        $way[$depth] = $above{$key};
      }
    }
    if ($way < 0 || $like < 0 || $parent < 0) { $more++; $last = $none; next }
    my $count = $count{"$way $like $parent"};
    if (!$count) {
      if (keys %count >= $kinds_kept) { $more++; $last = $none; next }
      $count = $count{"$way $like $parent"} = [0];
    }
    $count->[0]++;
    push @$count, encoded($path) if @$count <= $paths_kept;
    ($last, $last_matters, $last_count) = !$known->[0] && $acl eq '-' && @$count > $paths_kept ? ($prefix, $known->[1], $count) : ($none);
  }
  close $find;
  print "count $number $_ @{$count{$_}}\n" for keys %count;
  print "done $number $seen $complete $vanished $more\n";
}

for my $number (0 .. $#folders) {
  my @top = enter($folders[$number]) ? lstat '.' : ();
  if (!@top) { print "missing $number\n"; next }
  printf "top %d %o %d %d %s %s\n", $number, @top[2, 4, 5], map { attribute('.', "system.posix_acl_$_") } 'access', 'default';
  look($number);
}
