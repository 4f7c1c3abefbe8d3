/**
 * Tables of fields: of a cell and of the summary in docs/reference/metrics.md, of a line of cells.ndjson in results.md.
 */
import { markdownTable } from '../report/markdownTable.ts';
import { CELL_METRICS } from './cellMetrics.ts';
import { LINE_METRICS } from './lineMetrics.ts';
import { lineOf, type Metric, type MetricSection } from './metric.ts';
import { SUMMARY_METRICS } from './summaryMetrics.ts';

export function cellMetricsPart(): string {
  return CELL_METRICS.map(section).join('\n\n');
}

export function summaryMetricsPart(): string {
  return section(SUMMARY_METRICS);
}

export function lineMetricsPart(): string {
  return `#${section(LINE_METRICS)}`;
}

function section({ heading, metrics }: MetricSection): string {
  const rows = metrics.map((one) => [`\`${one.path}\``, one.unit, one.about, link(one)]);
  return `## ${heading}\n\n${markdownTable(['field', 'unit', 'meaning', 'computed in'], [], rows)}`;
}

/** `observe.ts:115`, to the line. Throws where the piece of source that a metric names is not to be found. */
function link({ source }: Metric): string {
  const [file] = source;
  const line = lineOf(source);
  return `[${file.slice(file.lastIndexOf('/') + 1)}:${line}](../../${file}#L${line})`;
}
