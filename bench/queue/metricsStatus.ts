/** `cma-stress status --metrics`: what there is at a Redis server, for Prometheus and whatever starts workers. */
import { Gauge, type Registry as Metrics } from 'prom-client';
import { printable } from '../plan/quote.ts';
import { sum } from '../stats/sums.ts';
import { processMetrics, QueueMetrics } from './metricsBase.ts';
import { serveMetrics, type MetricsAddress } from './metricsServer.ts';
import type { StatusConnection } from './status.ts';
import { takersOf, type QueueLook, type RunLook } from './statusLook.ts';

/** Figures of each run, by the end of their metric's name. */
const RUN_FIGURES: Readonly<Record<string, readonly [help: string, of: (run: RunLook) => number]>> = {
  cells: ['Cells in the plan', ({ cells }) => cells],
  cells_done: ['Cells in the journal', ({ done }) => done],
  cells_failed: ['Cells in the journal that failed', ({ failed }) => failed],
  cells_outstanding: ['Cells handed out and not in the journal yet', ({ outstanding }) => outstanding],
  results_waiting: ['Packets of results that are not in the journal yet', ({ results }) => results],
  results_duplicate: ['Results that came twice and were equal', ({ duplicates }) => duplicates],
  results_refused: ['Results and jobs that were refused', ({ refused }) => refused],
  jobs_lost: ['Jobs whose worker died', ({ lost }) => lost],
  cells_again: ['Cells handed out again after Redis had lost them', ({ again }) => again],
  coordinated: ['Whether its coordinator lives', ({ coordinated }) => Number(coordinated)],
};

/** Sums over the workers that live. */
const WORKER_FIGURES: Readonly<Record<string, readonly [help: string, of: (look: QueueLook) => number]>> = {
  workers: ['Workers that live', ({ workers }) => workers.length],
  workers_threads: ['Their threads', (look) => sumOf(look, 'threads')],
  workers_jobs_running: ['Jobs that they run now', (look) => sumOf(look, 'running')],
  workers_cells_done: ['Cells with a result since they were started', (look) => sumOf(look, 'done')],
  workers_cells_failed: ['Cells that failed since they were started', (look) => sumOf(look, 'failed')],
  runs: ['Runs that are there', ({ runs, moreRuns }) => runs.length + moreRuns],
};

/** Serves until the signal. Throws UsageError when the port cannot be had. */
export async function exportStatus(
  { connection, looker }: StatusConnection,
  address: MetricsAddress,
  { signal, say }: { signal: AbortSignal; say: (text: string) => void },
): Promise<void> {
  const metrics = processMetrics();
  const queue = new QueueMetrics(metrics, connection, looker);
  const set = lookMetrics(metrics);
  const server = await serveMetrics(address, {
    contentType: metrics.contentType,
    async text() {
      set(await queue.refresh());
      return metrics.metrics();
    },
    trouble: () => queue.trouble(),
  });
  say(`metrics of ${connection.shown} at ${server.url}`);
  // The server alone does not keep the process.
  const stay = setInterval(() => undefined, 2 ** 30);
  try {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    clearInterval(stay);
    await server.close();
  }
}

/** Makes the metrics; what comes back sets them, or with null takes them away. */
function lookMetrics(metrics: Metrics): (look: QueueLook | null) => void {
  const registers = [metrics];
  const ofRun = (name: string, help: string): Gauge =>
    new Gauge({ name: `cma_stress_run_${name}`, help, labelNames: ['run'], registers });
  const figures = Object.entries(RUN_FIGURES).map(([name, [help, of]]) => ({ gauge: ofRun(name, help), of }));
  const takers = ofRun('workers', 'Workers that take it');
  const info = new Gauge({
    name: 'cma_stress_run_info',
    help: 'Name, version and priority of a run; always 1',
    labelNames: ['run', 'name', 'version', 'model', 'priority'],
    registers,
  });
  const sums = Object.entries(WORKER_FIGURES).map(([name, [help, of]]) => ({
    gauge: new Gauge({ name: `cma_stress_${name}`, help, registers }),
    of,
  }));
  return (look) => {
    for (const { gauge } of figures) gauge.reset();
    takers.reset();
    info.reset();
    for (const { gauge } of sums) gauge.remove();
    if (look === null) return;
    for (const run of look.runs) {
      const label = { run: run.key };
      for (const { gauge, of } of figures) gauge.set(label, of(run));
      takers.set(label, takersOf(run, look).length);
      const { tool, model, name, priority } = run;
      // Whatever stands in Redis: a label of it is short and one line.
      info.set(
        { ...label, name: printable(name), version: printable(tool), model: printable(model), priority: `${priority}` },
        1,
      );
    }
    for (const { gauge, of } of sums) gauge.set(of(look));
  };
}

function sumOf({ workers }: QueueLook, name: 'threads' | 'running' | 'done' | 'failed'): number {
  return sum(workers, (worker) => worker[name]);
}
