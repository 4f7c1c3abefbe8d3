/** Pictures of memory survive their encoding, and foreign text is refused. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeFrames, encodeFrames } from './frameCodec.ts';

/** Long runs and short ones. */
const runs = fc.array(
  fc.tuple(fc.nat(9), fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3000 }))),
);
const picture = runs.map((all) =>
  Uint8Array.from(all.flatMap(([kind, length]) => new Array<number>(length).fill(kind))),
);

test('what is encoded comes back, by itself and after another picture', () => {
  fc.assert(
    fc.property(picture, picture, (one, other) => {
      const length = Math.min(one.length, other.length);
      const [first, second] = [one.subarray(0, length), other.subarray(0, length)];
      assert.equal(decodeFrames(encodeFrames(first, null), null, length), first.slice());
      assert.equal(decodeFrames(encodeFrames(second, first), first, length), second.slice());
    }),
  );
});

test('a picture like the one before takes next to nothing', () => {
  const cells = Uint8Array.from({ length: 100_000 }, (_, i) => i % 7);
  assert.ok(encodeFrames(cells, cells).length <= 8);
});

test('a text that does not fit is refused', () => {
  const text = encodeFrames(Uint8Array.of(1, 1, 2), null);
  assert.throws(() => decodeFrames(text, null, 2), /longer/);
  assert.throws(() => decodeFrames(text, null, 4), /shorter/);
  assert.throws(() => decodeFrames(btoa('\u0010\u00ff'), null, 4), /longer/);
  assert.throws(() => decodeFrames(encodeFrames(Uint8Array.of(1), Uint8Array.of(1)), null, 1), /refers/);
});

test.run();
