/** `npm run diagrams`: draws the pictures of docs/explanation again. */
import { join } from 'node:path';
import { makeDirectory, writePieces } from '../writeFile.ts';
import { DIAGRAMS, DIAGRAMS_FOLDER, drawDiagram } from './diagrams.ts';

makeDirectory(DIAGRAMS_FOLDER);
for (const diagram of DIAGRAMS) writePieces(join(DIAGRAMS_FOLDER, diagram.name), [drawDiagram(diagram)]);
