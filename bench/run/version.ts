/** Name and version of this tool, as package.json has it. Read once. */
import { readFileSync } from 'node:fs';

// From dist/bench/run/ to the folder that package.json is in.
const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const TOOL_NAME = 'cma-stress';
export const TOOL_VERSION = manifest.version;
