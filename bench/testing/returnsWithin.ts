/** A limit on the time that synchronous code may take: a broken list is a loop that never ends. */
import { createContext, Script } from 'node:vm';

const sandbox: { body: () => void } = { body: () => undefined };
const context = createContext(sandbox);
const script = new Script('body()');

/** Runs `body`; false when it was ended because it took longer. What it throws is thrown. */
export function returnsWithin(ms: number, body: () => void): boolean {
  sandbox.body = body;
  try {
    script.runInContext(context, { timeout: ms });
    return true;
  } catch (error) {
    // An Error of the other context, which instanceof does not know.
    if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    sandbox.body = () => undefined;
  }
}
