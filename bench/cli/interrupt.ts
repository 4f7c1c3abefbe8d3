/** Ctrl-C and SIGTERM: the first asks a command to stop and keep what is finished, the second ends it at once. */
import { EXIT } from '../errors.ts';
import type { Speaking } from '../run/progress.ts';
import { say } from './stderr.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/**
 * npm and npx pass on the Ctrl-C that the terminal has sent to all of them already: both come within a few ms, a second
 * key press does not.
 */
const SAME_SIGNAL_MS = 200;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

/** What the user is told at the first signal, and at the second, before the process ends. */
export interface Told {
  readonly first?: () => void;
  readonly second?: () => void;
}

export function onInterrupt({ first, second }: Told = {}): Interrupt {
  const controller = new AbortController();
  let since = 0;
  const handle = (): void => {
    if (!controller.signal.aborted) {
      since = performance.now();
      controller.abort();
      first?.();
    } else if (performance.now() - since > SAME_SIGNAL_MS) {
      second?.();
      process.exit(EXIT.interrupted);
    }
  };
  for (const name of SIGNALS) process.on(name, handle);
  return {
    signal: controller.signal,
    release() {
      for (const name of SIGNALS) process.off(name, handle);
    },
  };
}

/** A display of progress. */
interface Display extends Speaking {
  stop(): void;
}

export interface FinishingInterrupt extends Interrupt {
  /** The display beside which the user is told, until it is stopped; to be used in its place. */
  show<D extends Display>(display: D): D;
}

/**
 * As onInterrupt, for commands whose running cells end and are kept. `resume`: what is kept and how to go on, whole
 * lines.
 */
export function onInterruptFinish(running: () => number, resume: string): FinishingInterrupt {
  let display: Display | null = null;
  const interrupt = onInterrupt({
    first() {
      const cells = running();
      const what = cells === 0 ? 'stopping' : `finishing ${cells} running ${cells === 1 ? 'cell' : 'cells'}`;
      const line = `${what} (Ctrl-C again stops at once)`;
      if (display === null) say(line);
      else display.say(line);
    },
    second() {
      display?.stop();
      process.stderr.write(`stopped: ${resume}`);
    },
  });
  return {
    ...interrupt,
    show(shown) {
      display = shown;
      return {
        ...shown,
        stop() {
          display = null;
          shown.stop();
        },
      };
    },
  };
}
