/** Less is not worth it, and Node shares one ArrayBuffer among small buffers. */
const MIN_BYTES = 1024 * 1024;

/**
 * Frees the memory of a buffer with the next minor garbage collection. The buffer and every view of it are empty afterwards, so
 * nothing may use them. Without this, the memory of an object that survived two collections waits for a major one, which V8 starts
 * only when 64 MB of such memory have accumulated.
 */
export function releaseMemory({ buffer: memory }: Buffer): void {
  if (memory.byteLength < MIN_BYTES || !(memory instanceof ArrayBuffer)) return;
  // Moves the memory to a new object, which is garbage at once.
  structuredClone(memory, { transfer: [memory] });
}
