/** What random scripts have come to: how many scripts, and how often in all, for each thing worth meeting. */
import type { Interpreter } from '../../../sim/litmus/interpreter.ts';
import type { LitmusAction } from '../../../sim/litmus/types.ts';
import { KSMD_POINTS } from '../../../sim/ksm/ksmd.ts';
import { MIGRATE_POINTS } from '../../../sim/migrate/unmapAndMove.ts';

/** Things that a run which deserves the name must have met; a test holds the CI budget to it. */
const WANTED: readonly string[] = [
  ...KSMD_POINTS.map((point) => `stop ${point}`),
  ...MIGRATE_POINTS.map((point) => `stop ${point}`),
  ...['B1', 'B2', 'B3', 'B3null', 'B4', 'B6'].map((cause) => `cause ${cause}`),
  ...['stale node', 'empty hlist', 'grandchild', 'cursor exits', 'ksmd sleeps', 'migrator sleeps', 'unmerge all'],
  ...['migrate 0', 'migrate -11', 'cma 0', 'cma -16', 'SWAP_SUCCESS', 'SWAP_AGAIN', 'SWAP_FAIL'],
];

interface Count {
  scripts: number;
  times: number;
}

export class Coverage {
  scripts = 0;
  readonly #counts = new Map<string, Count>();
  readonly #inScript = new Set<string>();
  /** Generation of each process of the script. */
  readonly #depth = new Map<string, number>();
  #gaps = new Set<string>();
  #stale = new Set<number>();
  #empty = new Set<number>();
  #cursor: string | null = null;
  #kept = 0;
  #chains = 0;

  beginScript(): void {
    this.scripts++;
    this.#inScript.clear();
    this.#depth.clear();
    this.#gaps.clear();
    this.#stale.clear();
    this.#empty.clear();
    this.#cursor = null;
    this.#kept = 0;
    this.#chains = 0;
  }

  /** After an action that was performed. */
  note(interpreter: Interpreter, action: LitmusAction, report: Readonly<Record<string, unknown>>): void {
    this.#count(`op ${action.op}`);
    this.#noteReport(action, report);
    this.#noteProcesses(action);
    this.#noteState(interpreter);
    const { slots } = interpreter.kernel;
    this.#cursor = slots.cursor === slots.head ? null : interpreter.names.processName(slots.cursor);
  }

  /** `name: scripts, times` of everything, the wanted things first. */
  lines(): string[] {
    const names = [...WANTED, ...[...this.#counts.keys()].filter((name) => !WANTED.includes(name)).sort()];
    return names.map((name) => {
      const { scripts, times } = this.#of(name);
      return `${name.padEnd(24)}${String(scripts).padStart(8)} scripts${String(times).padStart(9)} times`;
    });
  }

  /** Scripts that came to it. */
  scriptsWith(name: string): number {
    return this.#of(name).scripts;
  }

  /** Wanted things that fewer than so many scripts came to. */
  missing(scripts: number): string[] {
    return WANTED.filter((name) => this.#of(name).scripts < scripts);
  }

  #of(name: string): Count {
    return this.#counts.get(name) ?? { scripts: 0, times: 0 };
  }

  #count(name: string): void {
    const { scripts, times } = this.#of(name);
    this.#counts.set(name, { scripts: scripts + (this.#inScript.has(name) ? 0 : 1), times: times + 1 });
    this.#inScript.add(name);
  }

  #noteReport({ op, ...keys }: LitmusAction, report: Readonly<Record<string, unknown>>): void {
    if (report['ksmd'] === 'stopped') this.#count(`stop ${String(keys['point'])}`);
    const processed = report['processed'];
    if (report['ksmd'] === 'blocked' || (Array.isArray(processed) && processed.at(-1) === 'blocked')) {
      this.#count('ksmd sleeps');
    }
    if (op === 'migrate_to' && report['rc'] === undefined) this.#count(`stop ${String(keys['point'])}`);
    if (report['rc'] === 'blocked') this.#count('migrator sleeps');
    if (typeof report['rc'] === 'number') this.#count(`${op === 'cma' ? op : 'migrate'} ${report['rc']}`);
    if (typeof report['result'] === 'string') this.#count(report['result']);
    if (op === 'ksm_run' && keys['value'] === 2) this.#count('unmerge all');
  }

  #noteProcesses(action: LitmusAction): void {
    if (action.op === 'exit' && action['p'] === this.#cursor) this.#count('cursor exits');
    if (action.op !== 'fork') return;
    const depth = (this.#depth.get(String(action['parent'])) ?? 0) + 1;
    this.#depth.set(String(action['child']), depth);
    if (depth > 1) this.#count('grandchild');
  }

  /** Unfindable ptes, stale nodes, nodes without items, kept items that are there since this action. */
  #noteState({ kernel }: Interpreter): void {
    const { ledger, objects, stable, frames } = kernel;
    const gaps = new Set([...ledger.gaps.values()].map(({ mm, vpn, pfn, cause }) => `${cause} ${mm} ${vpn} ${pfn}`));
    for (const gap of gaps) if (!this.#gaps.has(gap)) this.#count(`cause ${gap.split(' ')[0]}`);
    this.#gaps = gaps;
    const live = nodesOf(objects.stable, objects.stable.root);
    const stale = new Set(live.filter((node) => stable.isStale(node)));
    for (const node of stale) if (!this.#stale.has(node)) this.#count('stale node');
    this.#stale = stale;
    const empty = new Set(
      live.filter((node) => !stale.has(node) && objects.hlist[node] < 0 && frames.mapcount[objects.kpfn[node]] > 0),
    );
    for (const node of empty) if (!this.#empty.has(node)) this.#count('empty hlist');
    this.#empty = empty;
    for (; this.#kept < objects.keptItems; this.#kept++) this.#count('kept item');
    this.#kept = objects.keptItems;
    const chains = stable.chains?.chains ?? 0;
    if (chains > this.#chains) this.#count('stable node chain');
    this.#chains = chains;
  }
}

type Tree = Interpreter['kernel']['objects']['stable'];

function nodesOf(tree: Tree, root: number): number[] {
  return root < 0 ? [] : [...nodesOf(tree, tree.leftOf(root)), root, ...nodesOf(tree, tree.rightOf(root))];
}
