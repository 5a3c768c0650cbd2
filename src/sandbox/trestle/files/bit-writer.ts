/** Writes bits, most significant first, as the entropy-coded data of a JPEG: a zero byte follows each 0xFF. */
export class BitWriter {
  #bytes: Buffer;
  #length = 0;
  #bits = 0;
  #count = 0;

  /** `capacity` in bytes; it grows if needed. */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Writes the lowest `count` bits of a value, at most 16. */
  write(value: number, count: number): void {
    this.#bits = (this.#bits << count) | (value & ((1 << count) - 1));
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      this.#push((this.#bits >>> this.#count) & 0xff);
    }
  }

  /** Fills the last byte with ones, and returns all bytes. */
  end(): Buffer {
    if (this.#count > 0) this.write(0xff, 8 - this.#count);
    return this.#bytes.subarray(0, this.#length);
  }

  #push(byte: number): void {
    if (this.#length + 2 > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(65_536)]);
    this.#bytes[this.#length++] = byte;
    if (byte === 0xff) this.#bytes[this.#length++] = 0;
  }
}
