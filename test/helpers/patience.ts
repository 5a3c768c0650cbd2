/**
 * Milliseconds that a test may take. The slowest take a twentieth of it on a quiet machine, so that one which is five times
 * slower and shared with others still passes. Longer limits are multiples of it; nothing is asserted about time by them.
 */
export const PATIENCE_MS = 300_000;

/** Milliseconds to wait for something that happens at once on a quiet machine. */
export const WAIT_MS = PATIENCE_MS / 2;
