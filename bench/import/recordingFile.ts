/** Recorded runs of the test program (docs/reference/recordings.md) as a kind of file that can be imported. */
import { InputError } from '../errors.ts';
import { LIMITS } from '../plan/limits.ts';
import { MAX_BYTES, parseRecording } from '../validate/recording.ts';
import type { Importer } from './importer.ts';

export const recording: Importer = {
  kind: 'recording',
  about: 'a recorded run of the test program, or its repeats, and nothing else',
  knownBy: 'JSON with `params` and in them `scen`',
  sniff: (head) => /^\s*\{/.test(head) && /"params"\s*:\s*\{[^{}]*"scen"\s*:/.test(head),
  async parse({ bytes, file }, { facts }) {
    const refuse = (message: string): never => {
      throw InputError.ofFile(file, message);
    };
    if (facts.recordings.length >= LIMITS.programSeeds) refuse(`more than ${LIMITS.programSeeds} recordings`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of bytes) {
      length += chunk.length;
      if (length > MAX_BYTES) refuse(`a recording may have at most ${MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    facts.recordings.push({ file, record: parseRecording(Buffer.concat(chunks), file) });
  },
};
