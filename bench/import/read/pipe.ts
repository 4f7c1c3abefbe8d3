/** A queue of chunks between a producer that pushes and one reader that pulls. */

export class Pipe implements AsyncIterable<Uint8Array> {
  private readonly chunks: Uint8Array[] = [];
  private isEnded = false;
  private isLeft = false;
  private wakeReader: (() => void) | null = null;
  private wakeWriter: (() => void) | null = null;

  push(chunk: Uint8Array): void {
    if (this.isLeft) return;
    this.chunks.push(chunk);
    this.wakeReader?.();
  }

  end(): void {
    this.isEnded = true;
    this.wakeReader?.();
  }

  get ended(): boolean {
    return this.isEnded;
  }

  /** Resolves when the reader has taken everything and waits for more, or has left. */
  async drained(): Promise<void> {
    if (this.isLeft || this.wakeReader !== null) return;
    await new Promise<void>((resolve) => (this.wakeWriter = resolve));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        for (let chunk = this.chunks.shift(); chunk !== undefined; chunk = this.chunks.shift()) yield chunk;
        if (this.isEnded) return;
        await new Promise<void>((resolve) => {
          this.wakeReader = resolve;
          this.wakeWriter?.();
        });
        this.wakeReader = null;
      }
    } finally {
      this.leave();
    }
  }

  /** Nothing more is wanted: what is pushed from now on is dropped. */
  leave(): void {
    this.isLeft = true;
    this.chunks.length = 0;
    this.wakeWriter?.();
  }
}
