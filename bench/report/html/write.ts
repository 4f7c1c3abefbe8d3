/**
 * The page that a command leaves in its folder. The results are safe by then, and nothing that goes wrong here touches
 * them.
 */
import { asError } from '../../errors.ts';

export type ReportOutcome =
  | { readonly kind: 'written'; readonly file: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly error: Error };

/** `write` makes the page, writes it and returns its path. Errors are handed back, whatever they are. */
export async function writeReport(write: () => Promise<string>, signal?: AbortSignal): Promise<ReportOutcome> {
  try {
    return { kind: 'written', file: await write() };
  } catch (thrown) {
    if (signal?.aborted === true) return { kind: 'interrupted' };
    return { kind: 'failed', error: asError(thrown) };
  }
}
