/** Numbers that are equal but for rounding, or but for the digits that a published table has. */
import * as assert from 'uvu/assert';

/** An assertion that two numbers differ by less than `usual`, or than what is given for this one: absolute. */
export function nearWithin(usual: number): (actual: number, expected: number, tolerance?: number) => void {
  return (actual, expected, tolerance = usual) =>
    assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`);
}
