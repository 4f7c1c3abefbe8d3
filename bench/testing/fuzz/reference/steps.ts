/**
 * Paths of the kernel that others may overtake: a generator that stops at the places that litmus scripts can name, and
 * wherever the kernel would sleep on a page lock.
 */
import { Sleeps } from './errors.ts';
import type { Page } from './memory.ts';

type Stop = { readonly point: string } | { readonly sleepsOn: Page };
export type Steps<T = void> = Generator<Stop, T, void>;

/** Sleeps while somebody holds the page lock. */
export function* whileLocked(page: Page): Steps {
  while (page.isLocked) yield { sleepsOn: page };
}

/** Runs past all points; throws where it would sleep, since nobody wakes it. */
export function runWhole<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if ('sleepsOn' in value) throw new Sleeps(`nobody unlocks ${value.sleepsOn.label ?? '?'}`);
  }
}
