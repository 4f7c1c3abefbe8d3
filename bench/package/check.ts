/**
 * Before a release: `npm run check:package -- --nodes 20,22,24`. Two clean checkouts make the same bytes; the package
 * is installed into an empty folder with each Node, where a quick run gives the same digest.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scratchDirectory } from '../testing/command.ts';
import { digestOf, FIRST_RUN, installInto } from './install.ts';
import { complaints, pack } from './tarball.ts';
import type { Tarball } from './tarball.ts';

/** Builds and packs the committed state in a folder of its own. */
function packCheckout(folder: string): Tarball {
  mkdirSync(folder, { recursive: true });
  const checkout = join(folder, 'checkout');
  const quiet = { cwd: checkout, stdio: 'pipe' } as const;
  execFileSync('git', ['clone', '--quiet', '.', checkout]);
  execFileSync('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], quiet);
  execFileSync('npm', ['run', 'build'], quiet);
  return pack(checkout, folder);
}

/** The executable of a major version of Node, which npm has as a package. */
function nodeOf(major: string, folder: string): string {
  const home = join(folder, `node${major}`);
  mkdirSync(home);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `node@${major}`], { cwd: home, stdio: 'pipe' });
  return join(home, 'node_modules/node/bin/node');
}

async function check(majors: readonly string[], folder: string): Promise<boolean> {
  const one = packCheckout(join(folder, 'one'));
  const other = packCheckout(join(folder, 'two/somewhere/else'));
  const same = one.integrity === other.integrity;
  console.log(`${one.files.length} files, ${one.packed} bytes packed, ${one.unpacked} unpacked`);
  console.log(`packed twice, in two checkouts: ${same ? 'the same bytes' : 'THEY DIFFER'}, ${one.integrity}`);
  const found = await complaints(one);
  console.log(`publint, arethetypeswrong: ${found.join('; ') || 'nothing'}`);
  const digests = new Set<string>();
  for (const major of majors) {
    const node = nodeOf(major, folder);
    const home = join(folder, `home${major}`);
    mkdirSync(home);
    installInto(home, one.path, [], node);
    const digest = digestOf(FIRST_RUN, home, node);
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    console.log(`Node ${version}: npx cma-stress run --quick: digest ${digest}`);
    digests.add(digest);
  }
  return same && found.length === 0 && digests.size <= 1;
}

const { values } = parseArgs({ options: { nodes: { type: 'string', default: '20,22,24' } } });
const scratch = scratchDirectory();
try {
  if (!(await check(values.nodes.split(','), scratch.path))) process.exitCode = 1;
} finally {
  scratch.remove();
}
