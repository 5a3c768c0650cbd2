/** Ranges of bytes. A page can have 300,000 of them: as objects, they would take ten times the memory. */
export class Spans {
  #offsets = new Uint32Array(2048);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(start: number, end: number): void {
    const at = 2 * this.#length;
    if (at === this.#offsets.length) {
      const larger = new Uint32Array(2 * at);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[at] = start;
    this.#offsets[at + 1] = end;
    this.#length += 1;
  }

  start(index: number): number {
    return this.#offsets[2 * index]!;
  }

  end(index: number): number {
    return this.#offsets[2 * index + 1]!;
  }
}
