import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import { type Breaker, createBreaker } from './breaker.ts';

/** A process has one clock, and so one circuit breaker for each host: sources with the same host share failures. */
const breakers = new WeakMap<Clock, Map<string, Breaker>>();

/** Returns the circuit breaker of a host. */
export function findBreaker(host: string, clock: Clock, log: Logger): Breaker {
  const byHost = breakers.get(clock) ?? new Map<string, Breaker>();
  breakers.set(clock, byHost);
  const breaker = byHost.get(host) ?? createBreaker({ clock, log });
  byHost.set(host, breaker);
  return breaker;
}
