/** The script of the report as one text without imports: its compiled modules, bundled. */
import { dirname, join } from 'node:path';
import { packageRoot } from '../../plan/packageRoot.ts';

const ENTRY = join(packageRoot(), 'dist', 'bench', 'report', 'html', 'client', 'frameMap.js');

/** Equal sources give equal texts, wherever they lie. */
export async function clientScript(): Promise<string> {
  // It takes a while to load, and most commands never need it.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    // Comments name files relative to this.
    absWorkingDir: dirname(dirname(ENTRY)),
    write: false,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    minifyWhitespace: true,
    minifyIdentifiers: true,
    legalComments: 'none',
    tsconfigRaw: '{}',
    logLevel: 'silent',
  });
  const [{ text }] = outputFiles;
  // Nothing in it may end its element.
  if (/<\/script|<!--/i.test(text)) throw new Error('the script of the report cannot be embedded');
  return text;
}
