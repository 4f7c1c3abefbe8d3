/**
 * What a plug-in finds in place of the globals of Node. A result must be a function of the input alone, on every
 * machine: clocks, randomness and the world outside are refused by name, and so is the part of Math that engines may
 * round differently. It keeps slips out, not malice: a plug-in runs with the rights of whoever runs the tool.
 */
import { format } from 'node:util';
import * as kit from './kit.ts';

/** Refused: time, chance, locale, garbage collection, threads, and everything of Node. */
const REFUSED = [
  ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['clearTimeout', 'clearInterval', 'clearImmediate', 'crypto', 'Intl', 'WeakRef', 'FinalizationRegistry'],
  ...['SharedArrayBuffer', 'Atomics', 'WebAssembly', 'Function', 'globalThis', 'global', 'process', 'Buffer'],
  ...['require', 'module', 'exports', 'fetch', 'Worker', 'MessageChannel', 'BroadcastChannel', 'navigator'],
];
/** Given, but not as Node has it. */
const GIVEN = ['Math', 'console'];

/** Names that a bundle takes from the tool; its text begins with them, so that any later tool can run it. */
export const SCOPE_NAMES: readonly string[] = [...GIVEN, ...REFUSED];

/** Name by which a bundle asks for what is not its own. */
export const HOST = '__cmaStress';

/** Functions of Math whose result ECMAScript fixes to the last bit. */
const EXACT = ['abs', 'ceil', 'clz32', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc'];

/** Answers what a bundle asks for: `import NAME` is an export of the kit, everything else a global. */
export function hostOf(name: string): (asked: string) => unknown {
  return (asked) => {
    if (asked.startsWith('import ')) return (kit as Record<string, unknown>)[asked.slice('import '.length)];
    if (asked === 'Math') return exactMath();
    if (asked === 'console') return quietConsole(name);
    return refused(asked);
  };
}

/** Names that `import { ... } from 'cma-stress'` finds. */
export const EXPORTS: readonly string[] = Object.keys(kit);

/** Any use of it throws. */
function refused(name: string): unknown {
  // No arrow: `new` is to get as far as the message.
  const refuse = function (): never {
    throw new Error(
      `a plug-in cannot use ${name}: results must be the same on every machine, each time (kernel.now() is the simulated time)`,
    );
  };
  const traps = ['apply', 'construct', 'get', 'has', 'set', 'ownKeys', 'getPrototypeOf', 'defineProperty'];
  return new Proxy(refuse, Object.fromEntries(traps.map((trap) => [trap, refuse])));
}

function exactMath(): object {
  const members = Object.getOwnPropertyNames(Math).map((name): [string, PropertyDescriptor] => {
    const value = (Math as unknown as Record<string, unknown>)[name];
    if (typeof value === 'number' || EXACT.includes(name)) return [name, { value }];
    const why = name === 'random' ? 'results must be the same each time' : 'engines may round it differently';
    const get = (): never => {
      throw new Error(`a plug-in cannot use Math.${name}: ${why}`);
    };
    return [name, { get }];
  });
  return Object.freeze(Object.defineProperties({}, Object.fromEntries(members)));
}

/** Everything goes to stderr, with the plug-in's name: stdout is for results. */
function quietConsole(name: string): object {
  const print = (...values: readonly unknown[]): void => {
    process.stderr.write(`${name}: ${format(...values)}\n`);
  };
  return Object.fromEntries(['log', 'info', 'debug', 'warn', 'error'].map((method) => [method, print]));
}
