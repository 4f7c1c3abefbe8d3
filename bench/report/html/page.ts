/**
 * A run as one HTML page: verdict, comparison, plots, the frame map, costs, and everything needed to do it again.
 * Nothing is loaded from anywhere; without scripts it says the same, with the frame map as one picture.
 *
 * The same run gives the same bytes: nothing of wall time, of this machine or of where the run lies is in it.
 */
import { pageScript } from '../../plan/packageRoot.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { TOOL_VERSION } from '../../run/tool.ts';
import { causeSection } from './causeSection.ts';
import { contextOf } from './context.ts';
import { costSection } from './costSection.ts';
import { escapeHtml, paragraph } from './escape.ts';
import { claimSection, factsSection, troubleSection } from './factsSection.ts';
import { comparisonSection, failurePlots } from './failureSection.ts';
import { frameMapsOf } from './frameMaps.ts';
import type { ReplayOptions } from './frameMaps.ts';
import { frameMapSection } from './frameMapSection.ts';
import { latencySection } from './latencySection.ts';
import { retrySection } from './retrySection.ts';
import { scanSection } from './scanSection.ts';
import { htmlPage, sectionsHtml } from './shell.ts';
import type { Section } from './shell.ts';
import { REPORT_STYLE } from './style.ts';
import { timeSection } from './timeSection.ts';
import { verdict } from './verdict.ts';

export type HtmlReportOptions = ReplayOptions;

/** The page as text. Replays some cells for the frame map. Rejects with the signal's reason when that is aborted. */
export async function htmlReport(run: StoredRun, options: HtmlReportOptions): Promise<string> {
  const context = contextOf(run);
  // On other threads, while the plots are drawn here.
  const replayed = frameMapsOf(run, options);
  // Whoever awaits it below is told.
  replayed.catch(() => undefined);
  const sections: Section[] = [];
  const add = (id: string, title: string, html: string): void => {
    if (html !== '') sections.push({ id, title, html });
    options.signal.throwIfAborted();
  };
  if (context.workloads.length > 0) {
    add('comparison', 'Comparison', comparisonSection(context));
    add('failures', 'How often requests fail', `${FAILURES}${await failurePlots(context)}`);
    add('latency', 'Latency', await latencySection(context));
  }
  const place = sections.length;
  if (context.workloads.length > 0) {
    add('causes', 'Why pages could not be moved', await causeSection(context));
    add('retries', 'Retries', await retrySection(context));
    add('scan', 'Scan latency and failures', await scanSection(context));
    add('time', 'KSM over simulated time', await timeSection(context));
    add('costs', 'Costs', await costSection(context));
    add('claims', 'Claims', claimSection(context));
  }
  const maps = await replayed;
  const frames = frameMapSection(maps);
  if (frames !== '') sections.splice(place, 0, { id: 'frames', title: 'Frame map', html: frames });
  add('warnings', 'Warnings', troubleSection(context));
  add('facts', 'Parameters, and how to repeat it', factsSection(context));
  const { manifest } = run;
  const sentences = verdict(context).map(paragraph);
  const body = [
    '<a class="skip" href="#verdict">to the verdict</a>',
    `<h1>${escapeHtml(manifest.name)}: contiguous allocations under ${manifest.strategies.length} ${manifest.strategies.length === 1 ? 'strategy' : 'strategies'}</h1>`,
    `<p><small>cma-stress ${escapeHtml(manifest.tool)}, model ${escapeHtml(manifest.model)}, digest ${escapeHtml(run.digest.slice(0, 16))}${manifest.tool === TOOL_VERSION ? '' : `; page by ${escapeHtml(TOOL_VERSION)}`}</small></p>`,
    `<div class="verdict" id="verdict">${sentences.join('')}</div>`,
    sectionsHtml(sections),
  ];
  return htmlPage({
    title: `cma-stress: ${manifest.name}`,
    style: REPORT_STYLE,
    body: body.join('\n'),
    ...(maps.maps.length === 0 ? {} : { script: pageScript('bench/report/html/client/frameMap') }),
  });
}

const FAILURES = '<p>A dot is the share of requests that failed over all seeds, a line its 95&nbsp;% interval.</p>\n';
