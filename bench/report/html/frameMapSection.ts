/**
 * The frame map as HTML: one picture and its table for everybody, and what the script of the page needs to show any
 * cell at any moment in its place.
 */
import { count } from '../units.ts';
import { embeddedJson, escapeHtml } from './escape.ts';
import { KIND_WORDS } from './frameKinds.ts';
import type { EmbeddedMap, EmbeddedMaps } from './frameMapData.ts';
import type { FrameMaps } from './frameMaps.ts';
import { scrollTable } from './shell.ts';
import { staticPicture } from './staticPicture.ts';

/** Rows of the table of blockers without scripts. */
const MOST_ROWS = 100;

const BLOCKER_HEAD =
  '<tr><th scope="col" class="n">frame</th><th scope="col" class="n">pageblock</th><th scope="col">cause</th><th scope="col">it held</th></tr>';

export function frameMapSection({ maps, notes }: FrameMaps): string {
  const told = notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('');
  if (maps.length === 0) return told;
  return `<p>Each square is a frame, in the order of frame numbers from the upper left; of all memory it is several, in the colour of the worst of them or else of most. Frames that were in the way of a failed request are framed; a box is the range that was tried last.</p>
${told}
${staticPart(maps[0])}
${movingPart()}
<script type="application/json" id="frame-maps">${embeddedJson(embedded(maps))}</script>`;
}

function embedded(maps: readonly EmbeddedMap[]): EmbeddedMaps {
  return { kinds: KIND_WORDS.map(({ kind, title }) => ({ name: kind, title })), maps };
}

/** The first failure of the first cell, or its last moment. */
function staticPart(map: EmbeddedMap): string {
  const failed = map.moments.findIndex(({ failure }) => failure !== null);
  const moment = failed < 0 ? map.moments.length - 1 : failed;
  const { at, counts, failure } = map.moments[moment];
  const about = failure === null ? '' : ` ${map.failures[failure].about}`;
  const [area] = map.spaces;
  const title = `${map.title}: ${area.title} at ${at.toFixed(1)} s.`;
  const seen = KIND_WORDS.flatMap((words, kind) =>
    counts[0][kind] === 0 ? [] : [`${words.title} ${count(counts[0][kind])}`],
  );
  const rows = KIND_WORDS.map((words, kind) =>
    kindRow(
      words,
      '',
      counts.map((own) => own[kind]),
    ),
  );
  const blockers = failure === null ? [] : map.failures[failure].blockers;
  const lines = blockers
    .slice(0, MOST_ROWS)
    .map(
      ([pfn, cause, kind]) =>
        `<tr><td class="n">${count(pfn)}</td><td class="n">${count(Math.floor(pfn / map.pageblock))}</td><td>${cause}</td><td>${KIND_WORDS[kind].title}</td></tr>`,
    );
  const way =
    lines.length === 0
      ? ''
      : `<details><summary>pages in the way</summary>${scrollTable('pages in the way at this moment', BLOCKER_HEAD, lines)}</details>`;
  const why = failure === null ? '' : `\n${explainPart(map.failures[failure].explain, '')}`;
  return `<div id="map-static">
<p>${escapeHtml(title + about)} With scripts this picture moves through time, and shows the other cells.</p>${why}
${staticPicture(map, moment, `${title} ${seen.join(', ')}`)}
${scrollTable('frames by kind at this moment', spacesRow(map.spaces.map((space) => space.title)), rows)}
${way}
</div>`;
}

/** How to learn why a request failed. */
function explainPart(command: string, id: string): string {
  return `<p class="about">Why it failed, event by event; RUN is the directory of this run:</p>
<pre class="scroll command whole" tabindex="0" role="group" aria-label="command that explains the failure"${id}>${escapeHtml(command)}</pre>`;
}

/** What the script fills in. */
function movingPart(): string {
  const rows = KIND_WORDS.map((words) => kindRow(words, words.kind, []));
  return `<div id="map" hidden>
<div class="controls">
<label>cell <select id="map-cell"></select></label>
<label>failed request <select id="map-failure"></select></label>
</div>
<div class="controls time">
<button id="map-play" type="button">play</button>
<label for="map-time">time</label>
<input id="map-time" type="range" min="0" max="0" step="1" value="0">
<output id="map-when" for="map-time"></output>
</div>
<p id="map-told" aria-live="polite"></p>
<div id="map-why" hidden>${explainPart('', ' id="map-explain"')}</div>
<div id="map-pictures" class="pictures"></div>
<p id="map-frame" class="about"></p>
<div class="tables">
${scrollTable('frames by kind', '<tr id="map-spaces"></tr>', rows)}
<div id="map-blocked" hidden><h3>Pages in the way</h3><div class="tall">${scrollTable('pages in the way', BLOCKER_HEAD, []).replace('<tbody>', '<tbody id="map-blockers">')}</div></div>
</div>
</div>`;
}

/** `name`: what the script calls the row; '' where it has nothing to do with it. */
function kindRow({ kind, title, about }: (typeof KIND_WORDS)[number], name: string, counts: readonly number[]): string {
  const swatch = `<svg class="swatch frame" viewBox="0 0 10 10" aria-hidden="true"><path d="M0 0h10v10H0z" fill="var(--k-${kind})"/>${MARKS[kind] ?? ''}</svg>`;
  const [row, header] = name === '' ? ['', ''] : [` id="map-row-${name}"`, ` id="map-kind-${name}"`];
  const cells = counts.map((frames) => `<td class="n">${count(frames)}</td>`).join('');
  return `<tr${row}><th scope="row"${header}>${swatch}${title} <small>${about}</small></th>${cells}</tr>`;
}

/** As the script draws them. */
const MARKS: Readonly<Record<string, string>> = {
  isolated: '<path d="M0 4.5h10v1.5H0z" fill="#000"/>',
  pinned: '<path d="M4.5 0h1.5v10H4.5z" fill="#000"/>',
  stuck: '<path d="M3.5 3.5h3v3h-3z" fill="#000"/>',
};

function spacesRow(titles: readonly string[]): string {
  const cells = titles.map((title) => `<th scope="col" class="n">${escapeHtml(title)}</th>`);
  return `<tr><th scope="col">frames</th>${cells.join('')}</tr>`;
}
