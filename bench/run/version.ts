/** Name and version of this tool, as package.json has it. Read once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../plan/packageRoot.ts';

const manifest = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
  version: string;
};

export const TOOL_NAME = 'cma-stress';
export const TOOL_VERSION = manifest.version;
