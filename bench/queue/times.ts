/** How long things of the queue may take, ms. */

export interface Times {
  /** A job whose worker has not renewed its lock for so long is taken over. Renewed at half of it. */
  readonly lock: number;
  /** How often workers look for such jobs; one is taken over at the second look. */
  readonly stalled: number;
  /** How often workers and coordinators say that they live, and look at each other. */
  readonly heartbeat: number;
  /** Without a sign of life for so long they are taken for dead: some heartbeats may come late. */
  readonly expiry: number;
  /** How often a worker without work looks for some, should it have missed being woken. */
  readonly poll: number;
  /** How often the coordinator compares what it waits for with what is in Redis. */
  readonly reconcile: number;
  /** A coordinator that has seen no worker for so long says so. */
  readonly lonely: number;
  /** After Ctrl-C: how long the coordinator waits for the jobs that workers have begun. */
  readonly drain: number;
  /** A connection on which nothing comes back for so long is given up and made anew. */
  readonly silence: number;
  /** Longest pause between attempts to connect. */
  readonly retry: number;
}

const TIMES: Times = {
  lock: 15_000,
  stalled: 5_000,
  heartbeat: 5_000,
  expiry: 20_000,
  poll: 5_000,
  reconcile: 30_000,
  lonely: 10_000,
  drain: 30_000,
  silence: 15_000,
  retry: 2_000,
};

/** For tests, which have no time: every time is divided by it. */
export const PACE_VARIABLE = 'CMA_STRESS_QUEUE_PACE';

export function timesOf(env: NodeJS.ProcessEnv = process.env): Times {
  const pace = Number(env[PACE_VARIABLE] ?? 1);
  if (!(pace >= 1 && pace <= 100)) return TIMES;
  return Object.fromEntries(
    Object.entries(TIMES).map(([name, ms]) => [name, Math.round(ms / pace)]),
  ) as unknown as Times;
}
