/** Typed arrays of one piece of memory, or of their own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Arena, inArena, int32, ReusedArena, uint16, uint8 } from './arena.ts';
import { runCell } from './device.ts';
import { BUSY, cell, device } from './load/testing.ts';

const three = () => [int32(3), uint16(5), uint8(7)] as const;

test('an arena cuts zeroed arrays one behind the other, until it is used up', () => {
  const arena = new Arena(32);
  const [words, shorts, bytes] = inArena(arena, three);
  assert.equal([words.byteOffset, shorts.byteOffset, bytes.byteOffset], [0, 12, 24]);
  assert.equal([words.length, shorts.length, bytes.length], [3, 5, 7]);
  assert.is(arena.words().length, 8);
  assert.throws(() => inArena(arena, () => uint8(1)), /an arena of 32 bytes is used up/);
  assert.is.not(int32(1).buffer, arena.buffer, 'outside of it arrays have memory of their own');
});

test('memory is used again, zeroed, from the second device on', () => {
  const memory = new ReusedArena();
  const first = memory.build(three);
  assert.is.not(first[0].buffer, first[1].buffer);
  const second = memory.build(three);
  assert.equal(
    second.map(({ byteOffset }) => byteOffset),
    [0, 64, 128],
  );
  for (const array of second) array.fill(1);
  const third = memory.build(three);
  for (const [index, array] of third.entries()) {
    assert.is(array.buffer, second[index].buffer);
    assert.ok(
      array.every((value) => value === 0),
      `array ${index}`,
    );
  }
});

test('a device that wants more has memory of its own once, and then room', () => {
  const memory = new ReusedArena();
  memory.build(three);
  const [fits, other] = memory.build(() => [int32(3), int32(1000)] as const);
  assert.is(other.length, 1000);
  assert.is.not(other.buffer, fits.buffer);
  const [again, large] = memory.build(() => [int32(3), int32(1000)] as const);
  assert.is(large.buffer, again.buffer);
});

test('a cell observes the same in the memory of another one, and what that observed stays', () => {
  const inputs = [
    cell(device(BUSY)),
    cell(device(BUSY), { strategies: ['keep-forever'] }),
    cell(device(BUSY), { seed: 2 }),
  ];
  const fresh = inputs.map((input) => runCell(input));
  const memory = new ReusedArena();
  const reused = [...inputs, ...inputs].map((input) => runCell(input, [], null, memory));
  assert.equal(reused, [...fresh, ...fresh]);
});

test.run();
