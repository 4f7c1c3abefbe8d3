/** `npm run tables`: writes the columns into docs/reference/tables.md. */
import { rewriteDocs } from '../generatedPart.ts';
import { DOCS_COMMAND, tablesPage } from './page.ts';

rewriteDocs('docs/reference/tables.md', DOCS_COMMAND, tablesPage());
