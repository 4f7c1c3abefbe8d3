/** A workload with `events:`, for tests, and slips in it. */
import { GOOD, type Case } from './testing.ts';

export const EVENTS = `${GOOD.replace('camera:', 'drawn:')}duration: 20 s
events:
  - { at: 1.5 s, fork: job, name: p1, startup: 200 ms }
  - { at: 1 s, exec: server, name: p0 }
  - { at: 2 s, fork: job, from: p0, name: p2 }
  - { at: 2 s, fork: job, from: server }
  - { at: 3 s, cma: { client: camera, size: 4 MB, hold: 500 ms } }
  - { at: 3 s, cma: { area: default, size: 8 kB, align_order: 3, hold: none } }
  - { at: 4 s, ksm: { sleep_millisecs: 500 } }
  - { at: 5 s, kill: p1 }
  - { at: 6 s, exit: job }
  - { at: 7 s, exit: p2 }
  - { at: 8 s, fork: job, name: p1 }
`;

export const BAD_EVENTS: readonly Case[] = [
  [
    'no action',
    '{ at: 4 s, ksm: { sleep_millisecs: 500 } }',
    '▸{ at: 4 s, name: p9 }',
    'events[6]',
    'exactly one of fork, exec, exit, kill, cma, ksm; found none',
  ],
  ['two actions', '{ at: 5 s, kill: p1 }', '▸{ at: 5 s, kill: p1, exit: p2 }', 'events[7]', 'found exit and kill'],
  ['no time', '{ at: 5 s, kill: p1 }', '▸{ kill: p1 }', 'events[7]', '`at` is missing'],
  ['unknown key', 'at: 5 s, kill', 'at: 5 s, ▸kil', 'events[7].kil', 'did you mean `kill`?'],
  ['unit left out', 'at: 5 s', 'at: ▸5', 'events[7].at', 'a number without a unit'],
  ['negative time', 'at: 5 s', 'at: ▸-5 s', 'events[7].at', 'cannot be negative'],
  ['unknown group', 'exec: server', 'exec: ▸sever', 'events[1].exec', 'unknown group `sever`; did you mean `server`?'],
  ['fork of what is exec', 'exec: server', 'fork: ▸server', 'events[1].fork', 'write `exec: server`'],
  ['exec of what is forked', 'fork: job, name: p1,', 'exec: ▸job, name: p1,', 'events[0].exec', 'write `fork: job`'],
  [
    'a name that is none',
    'fork: job, name: p1, startup',
    'fork: job, name: ▸P1, startup',
    'events[0].name',
    'is no name for a process',
  ],
  [
    'the name of a group',
    'name: p0',
    'name: ▸job',
    'events[1].name',
    'is the name of a group; give the process another',
  ],
  ['a name twice', 'name: p2', 'name: ▸p1', 'events[2].name', 'process `p1` lives still'],
  ['unknown process', 'kill: p1', 'kill: ▸p11', 'events[7].kill', 'unknown process or group `p11`; did you mean `p1`?'],
  ['ended before', 'exit: p2', 'exit: ▸p1', 'events[9].exit', 'process `p1` has ended at 5 s'],
  ['exit before fork', 'at: 5 s, kill: p1', 'at: 1200 ms, kill: ▸p1', 'events[7].kill', 'is started at 1.5 s'],
  ['fork from one that is gone', 'name: p1 }', 'from: ▸p2 }', 'events[10].from', 'process `p2` has ended at 7 s'],
  [
    'fork from another group',
    'from: p0',
    'from: ▸p1',
    'events[2].from',
    '`p1` is a process of `job`, but group `job` is forked from `server`',
  ],
  [
    'fork from another group by its name',
    'from: server',
    'from: ▸job',
    'events[3].from',
    'group `job` is forked from `server`',
  ],
  ['exec from somebody', 'exec: server', 'exec: server, from: ▸job', 'events[1].from', 'belongs to `fork`'],
  ['name of an exit', 'exit: p2', 'exit: p2, name: ▸x', 'events[9].name', 'belongs to `fork` and `exec`'],
  ['unknown area', 'area: default, size: 8', 'area: ▸defult, size: 8', 'events[5].cma.area', 'did you mean `default`?'],
  ['larger than the area', 'size: 4 MB, hold: 500 ms', 'size: ▸17 MB, hold: 500 ms', 'events[4].cma.size', 'has 4096'],
  [
    'no hold',
    '{ client: camera, size: 4 MB, hold: 500 ms }',
    '▸{ client: camera, size: 4 MB }',
    'events[4].cma',
    '`hold` is missing',
  ],
  ['nothing written', 'ksm: { sleep_millisecs: 500 }', 'ksm: ▸{}', 'events[6].ksm', 'writes nothing'],
  [
    'the name of a client',
    'client: camera',
    'client: ▸drawn',
    'events[4].cma.client',
    '`drawn` stands under cma_clients and asks by itself; take it away with `drawn: none`',
  ],
  ['no list', 'events:\n', 'events: ▸none\nother:\n', 'events', 'expected a list'],
];
