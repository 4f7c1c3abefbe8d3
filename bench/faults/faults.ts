/** All faults there are, in the order of the page. */
import { BAD_CELLS } from './badCells.ts';
import { DAMAGED } from './damaged.ts';
import type { Fault } from './fault.ts';
import { KILLED } from './killed.ts';
import { QUEUE_FORGED } from './queueForged.ts';
import { QUEUE_POISON } from './queuePoison.ts';
import { QUEUE_REDIS } from './queueRedis.ts';
import { QUEUE_WORKERS } from './queueWorkers.ts';

const LOCAL_FAULTS: readonly Fault[] = [...KILLED, ...DAMAGED, ...BAD_CELLS];

export const QUEUE_FAULTS: readonly Fault[] = [...QUEUE_WORKERS, ...QUEUE_REDIS, ...QUEUE_FORGED, ...QUEUE_POISON];

export const ALL_FAULTS: readonly Fault[] = [...LOCAL_FAULTS, ...QUEUE_FAULTS];
