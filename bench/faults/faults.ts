/** All faults there are, in the order of the page. */
import { BAD_CELLS } from './badCells.ts';
import { DAMAGED } from './damaged.ts';
import type { Fault } from './fault.ts';
import { KILLED } from './killed.ts';

export const LOCAL_FAULTS: readonly Fault[] = [...KILLED, ...DAMAGED, ...BAD_CELLS];
export const ALL_FAULTS: readonly Fault[] = LOCAL_FAULTS;
