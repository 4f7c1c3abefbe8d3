/** The table of docs/reference/cost-profiles.md: every number of the built-in cost profiles with its source. */
import { formatDuration, listCostProfiles, loadCosts } from '../plan/index.ts';
import { COSTS, fileKey, type CostKey } from '../plan/profileSchemas.ts';
import { markdownTable } from '../report/markdownTable.ts';

/** A section a profile. */
export function costsPart(): string {
  return listCostProfiles()
    .map(({ name, about }) => {
      const { profile, sources } = loadCosts(name);
      const rows = (Object.keys(sources) as CostKey[]).map((key) => [
        `\`${fileKey(key)}\``,
        COSTS[key],
        formatDuration(profile[key]),
        kindOf(sources[key]),
        sources[key],
      ]);
      const assumed = rows.filter(([, , , kind]) => kind === 'assumption').length;
      const table = markdownTable(
        ['step', 'what takes the time', 'time', 'rests on', 'source'],
        ['left', 'left', 'right'],
        rows,
      );
      return `## \`${name}\`\n\n${about} Of its ${rows.length} numbers ${assumed} are assumptions.\n\n${table}`;
    })
    .join('\n\n');
}

/** Sources begin with the word where the number is no published or recorded one. */
function kindOf(source: string): string {
  return /^(assumption|derived)\b/.exec(source)?.[1] ?? 'reference';
}
