/** Long output on stdout: as fast as its reader takes it. */
import { once } from 'node:events';

export async function toStdout(pieces: Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of pieces) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
}
