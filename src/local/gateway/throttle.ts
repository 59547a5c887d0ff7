/**
 * How many requests a route takes: a bucket of `burst` tokens, of which each request takes one, and into which `ratePerSecond`
 * come (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html).
 *
 * Seconds pass as fast as the stack lets them: where every wait is divided, as many more requests are let in. AWS applies its limits as
 * targets; here they hold exactly.
 */
import type { Limits } from './api.ts';

/**
 * @param timeScale by which the stack divides its waits
 * @returns whether a request may go on, at an instant in milliseconds
 */
export function makeThrottle({ ratePerSecond, burst }: Limits, timeScale: number): (nowMs: number) => boolean {
  let tokens = burst;
  let atMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    tokens = Math.min(burst, tokens + (Math.max(0, nowMs - atMs) * ratePerSecond * timeScale) / 1000);
    atMs = Math.max(atMs, nowMs);
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
