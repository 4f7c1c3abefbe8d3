/** The failure as a litmus file that says where it comes from, checked by reading it back and running it. */
import { runLitmus } from '../../sim/index.ts';
import type { Explanation, LitmusTest, Strategy } from '../../sim/index.ts';
import { parseLitmus } from '../litmus/parse.ts';
import { litmusYaml } from '../litmus/writeYaml.ts';
import { CAUSE_MEANINGS } from '../report/causes.ts';
import { span } from './words.ts';

export interface LitmusOrigin {
  /** WORKLOAD/STRATEGY/SEED. */
  readonly cell: string;
  readonly strategies: readonly string[];
  readonly plugins: readonly Strategy[];
  readonly explanation: Explanation;
  /** The command that writes it. */
  readonly command: string;
}

/** The file's text; null where there is no reproduction. Throws Error should the file not hold. */
export function litmusFile({ cell, strategies, plugins, explanation, command }: LitmusOrigin): string | null {
  const { reproduction, story, request } = explanation;
  if (reproduction === null || story === null) return null;
  const { cause, pfn } = story.blocker;
  const roles = reproduction.cast.map(({ role, process }) => `${role} was ${process.name}, pid ${process.pid}`);
  const closing = story.lost.find(({ mapping }) => mapping.gap?.cause === cause)?.closing;
  const lasted =
    closing == null
      ? ''
      : closing.at === null
        ? ' The gap was still open when the replay ended.'
        : ` The gap closed ${span(closing.at - explanation.range!.gaveUpAt)} after the failure.`;
  const test: LitmusTest = {
    ...reproduction.test,
    id: `${cause}-${cell}-${request.number}`
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 100),
    title: `Request ${request.number} of ${cell} fails on frame ${pfn}: ${cause}`.slice(0, 200),
    why: `${cause}: ${CAUSE_MEANINGS[cause]}.${roles.length === 0 ? '' : ` ${roles.join('; ')}.`}${lasted}`,
  };
  const under = strategies.join('+') === 'stock' ? '' : ` --strategy ${strategies.join('+')}`;
  const head = [`Made by: ${command}`, `Run it with: cma-stress litmus FILE${under}`];
  const text = `${head.map((line) => `# ${line.replaceAll(/[\r\n]/g, ' ')}\n`).join('')}${litmusYaml(test)}`;
  for (const { test: read } of parseLitmus(text, 'the script')) {
    const { ok, mismatches } = runLitmus(read, { strategies, plugins, step: false });
    if (!ok) throw new Error(`the litmus test of ${cell} does not hold: ${JSON.stringify(mismatches)}`);
  }
  return text;
}
