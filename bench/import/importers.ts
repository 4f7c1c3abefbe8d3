/** Every kind of file that can be imported, in the order in which they are tried. */
import type { Importer } from './importer.ts';

export const IMPORTERS: readonly Importer[] = [];
