/** `events:` of a workload: what they become, and how each slip is refused at its place. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LIMITS } from './limits.ts';
import { BAD_EVENTS, EVENTS } from './eventCases.ts';
import { AS_IS, GOOD, loadText, problemsOf, refused, show } from './testing.ts';

test('events become those of the model, in the order of time', () => {
  const { events } = loadText(EVENTS).description.load;
  assert.equal(events, [
    { at: 1e9, action: 'start', group: 'server', from: null, name: 'p0', startupNs: 0 },
    { at: 1.5e9, action: 'start', group: 'job', from: null, name: 'p1', startupNs: 200e6 },
    { at: 2e9, action: 'start', group: 'job', from: 'p0', name: 'p2', startupNs: 0 },
    { at: 2e9, action: 'start', group: 'job', from: null, name: null, startupNs: 0 },
    { at: 3e9, action: 'cma', client: 'camera', area: 'default', pages: 1024, alignOrder: null, holdNs: 500e6 },
    { at: 3e9, action: 'cma', client: 'replay', area: 'default', pages: 2, alignOrder: 3, holdNs: null },
    { at: 4e9, action: 'ksm', run: null, pages_to_scan: null, sleep_millisecs: 500 },
    { at: 5e9, action: 'kill', process: { name: 'p1' } },
    { at: 6e9, action: 'exit', process: { oldestOf: 'job' } },
    { at: 7e9, action: 'exit', process: { name: 'p2' } },
    { at: 8e9, action: 'start', group: 'job', from: null, name: 'p1', startupNs: 0 },
  ]);
});

test('without events a description does not speak of them', () => {
  assert.not.ok('events' in loadText(GOOD).description.load);
  assert.not.ok('events' in loadText(`${GOOD}events: []\n`).description.load);
});

test('what lies behind the end does not happen, and the settings say so', () => {
  const short = loadText(EVENTS, { ...AS_IS, durationNs: 3e9 });
  assert.is(short.description.load.events!.length, 4);
  assert.is(short.settings['events'], '4/11');
  assert.is(loadText(EVENTS).settings['events'], 11);
  assert.not.ok('events' in loadText(GOOD).settings);
  assert.not.ok('events' in loadText(EVENTS, { ...AS_IS, durationNs: 1e6 }).description.load);
});

test('one event of a list can be set', () => {
  const { load } = loadText(EVENTS, { ...AS_IS, set: ['events[4].cma.size=1 MB', 'events[0].at=1600 ms'] }).description;
  assert.equal(load.events!.map(({ at }) => at / 1e9).slice(0, 2), [1, 1.6]);
  assert.ok(load.events!.some((event) => event.action === 'cma' && event.pages === 256));
});

test('no other client and no spawner is needed', () => {
  const bare = EVENTS.replace(/spawners:[^]*duration:/, 'duration:');
  assert.equal(show(problemsOf(() => loadText(bare))), '');
});

for (const [title, from, to, path, message] of BAD_EVENTS) {
  test(title, () => {
    assert.ok(EVENTS.includes(from), `the good workload has no ${from}`);
    refused(EVENTS.replace(from, to), path, message);
  });
}

test('nobody is there to fork or to exit', () => {
  const base = EVENTS.replace(/spawners:[^]*duration:/, 'duration:').replace(/events:[^]*/, 'events:\n');
  const gone = `${base}  - { at: 1 s, exit: server }\n  - { at: 2 s, kill: server }\n`;
  refused(`${gone}  - { at: 3 s, fork: ▸job }\n`, 'events[2].fork', 'nobody of group `server` is there to fork at 3 s');
  refused(`${gone}  - { at: 3 s, exit: ▸server }\n`, 'events[2].exit', 'nobody of group `server` is there at 3 s');
  const named = `${gone}  - { at: 2.5 s, exec: server, name: p }\n  - { at: 3 s, exit: ▸server }\n`;
  refused(named, 'events[3].exit', 'is there without a name (1 with one: end them by it)');
});

test('a parent group whose processes are all started by events', () => {
  const text = EVENTS.replace('count: 2', 'count: 0').replace(/spawners:[^]*duration:/, 'duration:');
  const base = text.replace(/events:[^]*/, 'events:\n').replace('count: 1', 'count: 0');
  assert.equal(
    show(problemsOf(() => loadText(`${base}  - { at: 1 s, exec: server }\n  - { at: 2 s, fork: job }\n`))),
    '',
  );
  refused(`${base}  - { at: 3 s, exec: server }\n  - { at: 2 s, fork: ▸job }\n`, 'events[1].fork', 'nobody of group');
});

test('too many processes at once, clients, events', () => {
  const base = EVENTS.replace(/events:[^]*/, 'events:\n');
  const many = (count: number, line: (i: number) => string) =>
    base + Array.from({ length: count }, (_, i) => line(i)).join('');
  // 2 servers, and 8 jobs that the spawner keeps alive.
  const forks = LIMITS.processes - 10;
  const fork = (i: number): string => `  - { at: ${i} ms, fork: ${i === forks ? '▸' : ''}job }\n`;
  refused(many(forks + 1, fork), `events[${forks}].fork`, 'makes 513 processes at once');
  const turns = many(2 * forks + 2, (i) =>
    i % 2 === 0 ? fork(i).replace('▸', '') : `  - { at: ${i} ms, exit: job }\n`,
  );
  assert.equal(show(problemsOf(() => loadText(turns))), '');
  const client = (i: number): string =>
    `  - { at: 1 s, cma: { client: ${i === LIMITS.clients ? '▸' : ''}c${i}, size: 4 kB, hold: none } }\n`;
  refused(many(LIMITS.clients + 1, client), `events[${LIMITS.clients}].cma.client`, 'makes 65 clients');
  const [problem] = problemsOf(() => loadText(many(LIMITS.events + 1, () => '  - {}\n')));
  assert.match(problem.message, `expected 0 to ${LIMITS.events} entries, found ${LIMITS.events + 1}`);
});

test('thousands of slips are reported in little time, the first of them', () => {
  const base = EVENTS.replace(/events:[^]*/, 'events:\n');
  let text = base;
  for (let i = 0; i < 10_000; i++)
    text += `  - { at: ${i} us, fork: job, name: p${i} }\n  - { at: ${i} us, exit: q${i} }\n`;
  const began = process.cpuUsage();
  const problems = problemsOf(() => loadText(text));
  assert.ok(process.cpuUsage(began).user < 10e6);
  assert.ok(problems.length >= 20);
});

test('ten thousand events are read in less than two seconds of CPU time', () => {
  const base = EVENTS.replace(/events:[^]*/, 'events:\n');
  let text = base;
  for (let i = 0; i < 5000; i++)
    text += `  - { at: ${i}.25 ms, fork: job, name: p${i} }\n  - { at: ${i}.75 ms, exit: p${i} }\n`;
  const began = process.cpuUsage();
  assert.is(loadText(text).description.load.events!.length, 10_000);
  assert.ok(process.cpuUsage(began).user < 2e6, `${process.cpuUsage(began).user} us`);
});

test('a time beyond what a workload can last', () => {
  refused(EVENTS.replace('{ at: 1 s, exec', '{ at: ▸25 h, exec'), 'events[1].at', 'from 0 s to 86400 s');
});

test.run();
