/** Collects everything that is wrong with an input, so that all of it is reported at once. */
import { InputError, type Problem } from '../errors.ts';
import { pathText, type Place, type Step } from './node.ts';

/** More problems than this help nobody; the rest are counted. */
const MOST_REPORTED = 50;

/** Notes what is wrong with the value at a path. */
export type Note = (path: readonly Step[], message: string) => void;

export class Problems {
  private readonly list: Problem[] = [];
  private dropped = 0;

  add(place: Place, path: readonly Step[], message: string): void {
    if (this.list.length >= MOST_REPORTED) {
      this.dropped += 1;
      return;
    }
    this.list.push({ file: place.file, line: place.line, column: place.column, path: pathText(path), message });
  }

  get any(): boolean {
    return this.list.length > 0;
  }

  /** Throws everything collected so far as one InputError, in the order of files and lines. */
  throwIfAny(): void {
    if (this.list.length === 0) return;
    const files = [...new Set(this.list.map((problem) => problem.file))];
    const sorted = [...this.list].sort(
      (a, b) =>
        files.indexOf(a.file) - files.indexOf(b.file) ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0),
    );
    if (this.dropped > 0) {
      const message = `and ${this.dropped} more problems; mend these first`;
      sorted.push({ file: this.list[0].file, line: null, column: null, path: '', message });
    }
    throw new InputError(sorted);
  }
}
