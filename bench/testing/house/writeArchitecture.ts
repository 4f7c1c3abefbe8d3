/** `npm run architecture`: draws the imports into docs/architecture.md. */
import { join } from 'node:path';
import { packageRoot } from '../../plan/packageRoot.ts';
import { rewriteDocs } from '../../report/generatedPart.ts';
import { DIAGRAM_COMMAND, DIAGRAM_PAGE, importDiagram } from './importDiagram.ts';
import { importsOfHouse } from './imports.ts';

rewriteDocs(join(packageRoot(), DIAGRAM_PAGE), DIAGRAM_COMMAND, importDiagram(await importsOfHouse()));
