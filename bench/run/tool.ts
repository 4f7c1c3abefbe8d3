/** Name and version of this tool, as package.json has it. Read once. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { MODEL_VERSION } from '../../sim/index.ts';

// From dist/bench/run/ to the folder that package.json is in.
const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const TOOL_NAME = 'cma-stress';
export const TOOL_VERSION = manifest.version;

/** Hash of the model's behaviour version: 16 hex digits. Results of different models cannot be compared. */
export const MODEL_HASH = createHash('sha256').update(MODEL_VERSION).digest('hex').slice(0, 16);
