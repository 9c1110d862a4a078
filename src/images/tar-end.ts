const block = 512;
const sizeAt = 124;
const sizeLength = 12;
const typeAt = 156;
const largestRecords = 1024 * 1024;

/** Follows a tar and tells whether it has come to its end: two blocks of zeros where an entry would begin. */
export class TarEnd {
  #partial = Buffer.alloc(0);
  /** Bytes of the entry that are still to come. */
  #content = 0;
  /** Content of an entry that is about the next one; null while none is read. */
  #records: Buffer | null = null;
  #nextSize: number | null = null;
  #zeros = 0;

  /** Whether the last thing that came was the end of the archive. */
  get isWhole(): boolean {
    return this.#zeros >= 2 && this.#partial.length === 0;
  }

  add(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#content > 0) rest = this.#pass(rest);
      else rest = this.#collect(rest);
    }
  }

  #pass(rest: Buffer): Buffer {
    const taken = rest.subarray(0, this.#content);
    this.#content -= taken.length;
    if (this.#records !== null) this.#records = Buffer.concat([this.#records, taken]);
    if (this.#content === 0 && this.#records !== null) {
      this.#nextSize = sizeOfRecords(this.#records);
      this.#records = null;
    }
    return rest.subarray(taken.length);
  }

  #collect(rest: Buffer): Buffer {
    const missing = block - this.#partial.length;
    this.#partial = Buffer.concat([this.#partial, rest.subarray(0, missing)]);
    if (this.#partial.length === block) {
      this.#begin(this.#partial);
      this.#partial = Buffer.alloc(0);
    }
    return rest.subarray(missing);
  }

  #begin(header: Buffer): void {
    if (header.every((byte) => byte === 0)) {
      this.#zeros += 1;
      return;
    }
    this.#zeros = 0;
    const isAboutNext = header[typeAt] === 'x'.charCodeAt(0);
    const size = isAboutNext ? sizeOf(header) : (this.#nextSize ?? sizeOf(header));
    this.#nextSize = null;
    this.#content = Math.ceil(size / block) * block;
    if (isAboutNext && size > 0 && size <= largestRecords) this.#records = Buffer.alloc(0);
  }
}

/** In octal digits, or where the first bit is set as a binary number. What is neither is no tar, and has no end. */
function sizeOf(header: Buffer): number {
  const field = header.subarray(sizeAt, sizeAt + sizeLength);
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(sizeLength - 8));
  const digits = field.toString('latin1').replaceAll('\0', ' ').trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.MAX_SAFE_INTEGER;
}

function sizeOfRecords(records: Buffer): number | null {
  const [, size] = /(?:^|\n)\d+ size=(\d+)\n/.exec(records.toString('latin1')) ?? [];
  return size === undefined ? null : Number(size);
}
