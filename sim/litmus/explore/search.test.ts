/** The search against itself without its shortcuts: no reduction, no snapshots, no hashes. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runLitmus } from '../interpreter.ts';
import { Encoder } from './encode.ts';
import type { Exploration } from './explore.ts';
import { compileScript } from './script.ts';
import { Search } from './search.ts';
import { INFO } from './states.ts';
import { KSMD_DONE, Steps } from './steps.ts';
import { explore, MERGED, SCRIPTS, scriptOf, STATES, STRATEGIES } from './testing.ts';
import { findings } from './verdict.ts';
import { World } from './world.ts';

/** What must not depend on how the search is done. */
function essence({ verdict, grade, maxVisits, causes, leaked, complete }: Exploration): unknown {
  const grades = Object.fromEntries(
    Object.entries(causes).map(([cause, { grade: of, maxVisits: most }]) => [cause, { grade: of, maxVisits: most }]),
  );
  return { verdict, grade, maxVisits, grades, leaked, complete };
}

for (const script of SCRIPTS) {
  test(`${script.id}: private steps taken together or one by one come to the same`, () => {
    for (const strategy of STRATEGIES) {
      const reduced = explore(script, { strategies: [strategy] });
      const unreduced = explore(script, { strategies: [strategy], reduce: false });
      assert.equal(essence(reduced), essence(unreduced), strategy);
      assert.ok(reduced.complete);
      assert.ok(reduced.states < unreduced.states, strategy);
      if (strategy === 'stock') assert.equal([reduced.states, unreduced.states], STATES[script.id]);
    }
  });

  test(`${script.id}: all invariants hold in every state, and the witness runs by itself`, () => {
    for (const strategy of STRATEGIES) {
      const { witness, verdict } = explore(script, { strategies: [strategy], audit: true });
      if (verdict === 'never') assert.is(witness, null);
      else assert.equal(runLitmus(witness!, { strategies: [strategy], step: false }).mismatches, [], strategy);
    }
  });
}

/**
 * Canonical forms of all states, each reached by taking its whole path from the start: neither snapshots nor hashes.
 */
function formsByReplay(index: number): Set<string> {
  const world = new World(compileScript(SCRIPTS[index]), ['stock']);
  const steps = new Steps(world, true);
  const encoder = new Encoder(world);
  const start = world.words.slice();
  const forms = new Set<string>();
  const go = (path: readonly number[]): void => {
    world.words.set(start);
    world.load();
    const moved = path.map((thread) => steps.step(thread));
    world.save();
    encoder.encode();
    const form = encoder.form.slice(0, encoder.length).join();
    if (moved.at(-1) === false || forms.has(form)) return;
    forms.add(form);
    world.script.threads.forEach((_, thread) => {
      go([...path, thread]);
    });
  };
  go([]);
  return forms;
}

test('restored states and hashes lead to as many states as paths taken from the start', () => {
  for (const index of [0, 1, 2, 3, 5]) {
    const search = new Search(compileScript(SCRIPTS[index]), { strategies: ['stock'], maxStates: 200_000 });
    while (!search.isOver) search.run(1000);
    assert.is(search.met, formsByReplay(index).size, SCRIPTS[index].id);
  }
});

test('a restored state is the saved one, whatever was done in between', () => {
  const choices = fc.array(fc.nat(5), { maxLength: 25 });
  fc.assert(
    fc.property(
      fc.nat(SCRIPTS.length - 1),
      fc.constantFrom(...STRATEGIES),
      choices,
      choices,
      (index, strategy, a, b) => {
        const world = new World(compileScript(SCRIPTS[index]), [strategy]);
        const steps = new Steps(world, true);
        const encoder = new Encoder(world);
        const formAfter = (): string => {
          world.save();
          encoder.encode();
          return encoder.form.slice(0, encoder.length).join();
        };
        const walk = (path: readonly number[]): void => {
          for (const choice of path) steps.step(choice % world.at.length);
        };
        walk(a);
        const form = formAfter();
        const words = world.words.slice();
        walk(b);
        const further = formAfter();
        const wordsFurther = world.words.slice();
        world.words.set(words);
        world.load();
        assert.is(formAfter(), form);
        assert.equal(world.words, words);
        // The same steps from the restored state: nothing that they depend on was left out.
        walk(b);
        assert.is(formAfter(), further);
        assert.equal(world.words, wordsFurther);
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});

test('words outside the spans never change', () => {
  for (const script of SCRIPTS) {
    const search = new Search(compileScript(script), { strategies: ['stock'], maxStates: 300 });
    const isSpan = new Uint8Array(search.root.length);
    for (let i = 0; i < search.world.spans.length; i += 2)
      isSpan.fill(1, search.world.spans[i], search.world.spans[i + 1]);
    while (!search.isOver) {
      search.run(1);
      search.world.words.forEach((word, i) => {
        if (isSpan[i] === 0 && word !== search.root[i]) assert.unreachable(`word ${i} of ${script.id}`);
      });
    }
  }
});

test('the state limit ends a search and is told', () => {
  const limited = explore(SCRIPTS[1], { maxStates: 100 });
  assert.is(limited.complete, false);
  assert.is(limited.states, 101);
  assert.is(explore(SCRIPTS[1]).complete, true);
});

test('without a thread of ksmd, windows are still measured by it', () => {
  const app = SCRIPTS[0].threads!['app'];
  // The child is forked and the parent has written; ksmd stands right before the removal of the parent's item.
  const scene = [...MERGED, ...app, { op: 'scan' }];
  const alone = explore(scriptOf('alone', { drain: [{ op: 'drain' }] }, scene));
  assert.is(alone.states, 2);
  assert.is(alone.maxVisits, 2, 'Q, then C');
  assert.is(alone.grade, 'visits');
});

/** Visits until everything is findable, counted by letting ksmd go on alone from the state; Infinity after many. */
function visitsFrom(search: Search, state: number): number {
  const { world, steps, encoder } = search;
  const look = (): string => {
    world.save();
    encoder.encode();
    return encoder.form.slice(0, encoder.length).join();
  };
  world.words.set(search.root);
  world.load();
  for (const thread of search.pathTo(state)) steps.step(thread);
  let form = look();
  let visits = 0;
  for (let taken = 0; taken < 500; taken++) {
    if (encoder.unfindable === 0) return visits;
    steps.ksmd();
    const isItem = steps.done === KSMD_DONE.item;
    let after = look();
    if (after !== form) {
      if (isItem || encoder.unfindable === 0) visits++;
    } else {
      const inside = world.script.threads.findIndex((_, thread) => steps.isInside(thread));
      if (inside < 0) return Infinity;
      steps.step(inside);
      after = look();
    }
    form = after;
  }
  return Infinity;
}

test('the bound is what ksmd alone needs from the worst state, counted step by step', () => {
  for (const index of [0, 1, 5, 6]) {
    const search = new Search(compileScript(SCRIPTS[index]), { strategies: ['stock'], maxStates: 200_000 });
    while (!search.isOver) search.run(1000);
    const { states } = search;
    let most = 0;
    for (let state = 0; state < states.count; state++) {
      const isOpen = (states.info[state] & INFO.causes) !== 0 && (states.info[state] & INFO.aside) === 0;
      if (isOpen) most = Math.max(most, visitsFrom(search, state));
    }
    assert.is(findings(states).all.maxVisits ?? Infinity, most, SCRIPTS[index].id);
  }
});

test('what leaks', () => {
  const leaked = (index: number) =>
    STRATEGIES.map((strategy) => explore(SCRIPTS[index], { strategies: [strategy] }).leaked);
  assert.equal(leaked(0), [false, false, true, false, false]);
});

test.run();
