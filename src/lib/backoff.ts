/**
 * Full jitter: a random wait between 0 and `base × 2^attempt`, capped at `cap`. All in milliseconds.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoff(attempt: number, random: () => number, base = 1000, cap = 32_000): number {
  return Math.round(random() * Math.min(cap, base * 2 ** attempt));
}
