import { type Scene, secondsIn } from './scene.ts';

/** `BENCH_SCALE=0.05` tries a measurement out; what is published has 1. */
export const scale = Number(process.env['BENCH_SCALE'] ?? 1);
export const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);

const folders = Math.max(1, Math.round(200 * scale));
const filesEach = 100;
const large = 10;
const largeBytes = Math.round(90_000_000 * scale);

/** 20,000 small files and ten large ones, 1 GiB, half of it compressible. */
export const described = `${(folders * filesEach + large).toLocaleString('en')} files`;

/**
 * Fills a volume. What is random comes from a generator with a seed, since a rival must find the same. Text is made of words by chance: a
 * line that repeats would be no work for any compressor.
 */
export async function fill(scene: Scene, volume: string): Promise<void> {
  await secondsIn(
    scene,
    volume,
    `perl -e '
srand 7;
open my $noise, "<", "/dev/urandom";
my @words = map { join "", map { chr 97 + int rand 26 } 1 .. 2 + int rand 9 } 1 .. 5000;
sub text { my $text = ""; $text .= $words[int(rand 5000 * rand)] . " " while length $text < $_[0]; return $text }
my $chapter = text(4_000_000);
sub put { my ($path, $bytes, $is_text) = @_; open my $to, ">", $path or die "$path: $!";
  while ($bytes > 0) { my $size = $bytes < 1_000_000 ? $bytes : 1_000_000; my $part;
    if ($is_text) { $part = substr $chapter, int(rand 3_000_000), $size; substr $part, 0, 8, sprintf "%08x", rand 1e9 } else { read $noise, $part, $size }
    print $to $part; $bytes -= $size } }
for my $d (0 .. ${folders - 1}) { mkdir "/data/d$d"; put("/data/d$d/f$_", 500 + int rand 12_000, $_ % 2) for 0 .. ${filesEach - 1} }
put("/data/large$_", ${largeBytes}, $_ % 2) for 1 .. ${large};'`,
  );
}

/** Writes one small file of a hundred anew, and a tenth of one of the ten large ones; each `round` takes others. */
export async function change(scene: Scene, volume: string, round: number): Promise<void> {
  await secondsIn(scene, volume, overwrite(round, ''));
}

/** The same without a trace in size or time. */
export async function damage(scene: Scene, volume: string, round: number): Promise<void> {
  await secondsIn(scene, volume, overwrite(round, 'utime @stat[8, 9], $_;'));
}

function overwrite(round: number, after: string): string {
  return `perl -e '
open my $noise, "<", "/dev/urandom";
for (@ARGV) {
  my @stat = stat;
  my $bytes = $stat[7] > 1e6 ? int $stat[7] / 10 : $stat[7];
  open my $to, "+<", $_ or die "$_: $!";
  read $noise, my $part, $bytes;
  seek $to, int rand($stat[7] - $bytes), 0;
  print $to $part;
  close $to or die "$_: $!";
  ${after}
}' /data/d*/f${(round * 7) % filesEach} /data/large${1 + (round % large)}`;
}
