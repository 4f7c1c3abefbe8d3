/** A cell that failed is tried once more, in a thread that nothing ran on before: what the two attempts come to. */
import type { CellError } from './cell.ts';
import type { WorkerReply } from './worker.ts';

/** The reply that counts, which remembers why there was a second attempt. */
export function joinAttempts(first: WorkerReply, second: WorkerReply): WorkerReply {
  return first.ok ? first : { ...second, firstError: first.error };
}

/** What `errors.txt` says of a cell; null for one that succeeded at once. */
export function errorText(reply: WorkerReply): string | null {
  const { firstError } = reply;
  if (reply.ok)
    return firstError === undefined
      ? null
      : `${toldError(firstError)}\nThe second attempt, in a new thread, succeeded: the cell's results are kept.`;
  if (firstError === undefined) return toldError(reply.error);
  if (isSame(firstError, reply.error)) return `${toldError(reply.error)}\nThe second attempt ended likewise.`;
  return `${toldError(firstError)}\nThe second attempt, in a new thread, failed too:\n${toldError(reply.error)}`;
}

function isSame(a: CellError, b: CellError): boolean {
  return a.name === b.name && a.message === b.message;
}

/** A stack names the error; one that was made for a lost thread may have none. */
function toldError({ name, message, stack }: CellError): string {
  return stack === '' ? `${name}: ${message}` : stack;
}
