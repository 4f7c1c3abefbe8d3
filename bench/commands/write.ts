/** `npm run commands`: writes what is made of the command line's definitions. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../plan/packageRoot.ts';
import { commandFiles } from './files.ts';

for (const [path, text] of await commandFiles(packageRoot())) writeFileSync(join(packageRoot(), path), text);
