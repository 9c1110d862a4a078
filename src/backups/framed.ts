import { Transform } from 'node:stream';

const headerBytes = 4;

/**
 * Puts data into frames (length, content): who reads them knows by the last one, which is empty, that all has arrived. It
 * is sent only when `isWhole` says so, after the data has ended.
 */
export function framed(isWhole: () => Promise<void>): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const header = Buffer.alloc(headerBytes);
      header.writeUInt32BE(chunk.length);
      this.push(header);
      done(null, chunk);
    },
    flush(done) {
      isWhole().then(() => done(null, Buffer.alloc(headerBytes)), done);
    },
  });
}

/** A script of Perl that gives the content of frames, and fails unless the last one came. */
export const unframe = `binmode STDIN; binmode STDOUT;
while (1) {
  read(STDIN, my $head, 4) == 4 or die "the data has not arrived whole\\n";
  my $left = unpack 'N', $head or exit 0;
  while ($left > 0) {
    my $got = read STDIN, my $content, $left > 1048576 ? 1048576 : $left;
    $got or die "the data has not arrived whole\\n";
    print $content or die "$!\\n";
    $left -= $got;
  }
}`;
