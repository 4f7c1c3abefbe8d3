/**
 * Writes docs/package/sbom.cdx.json and the list of licences: `npm run sbom`, whenever package-lock.json has changed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licencePage, makeSbom } from './sbom.ts';

const FOLDER = 'docs/package';

const sbom = makeSbom('.');
mkdirSync(FOLDER, { recursive: true });
writeFileSync(join(FOLDER, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 1)}\n`);
writeFileSync(join(FOLDER, 'licences.md'), licencePage(sbom));
console.log(`${FOLDER}: ${sbom.components.length} packages`);
