/**
 * The script of the report: makes the frame map move. Bundled into the page, which says what it says without it, too.
 *
 * The state is which map and which moment is shown, and which cell is looked at; everything else follows from that.
 */
import { decodeFrames } from '../frameCodec.ts';
import type { EmbeddedMap, EmbeddedMaps, EmbeddedMoment } from '../frameMapData.ts';
import { cellsOf, drawSpace } from './canvas.ts';
import type { Drawn, Look } from './canvas.ts';
import type { Canvas, Document, Element, Input, UiEvent, Window } from './dom.ts';

declare const document: Document;
declare const window: Window;

/** ms between two moments of a play. */
const STEP_MS = 400;
const NONE = '';

const at = (id: string): Element => document.getElementById(id)!;
const number = (value: number): string => value.toLocaleString('en-US');

const { kinds, maps } = JSON.parse(at('frame-maps').textContent) as EmbeddedMaps;
const cellSelect = at('map-cell') as Input;
const failureSelect = at('map-failure') as Input;
const slider = at('map-time') as Input;
const playButton = at('map-play');
const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');

let map: EmbeddedMap = maps[0];
/** By moment and space. */
let pictures: readonly (readonly Uint8Array[])[] = [];
let moment = 0;
let looked: { readonly space: number; readonly cell: number } | null = null;
let views: readonly { readonly canvas: Canvas; readonly figure: Element; drawn: Drawn }[] = [];
let timer: number | null = null;

function decodeAll({ spaces, moments }: EmbeddedMap): Uint8Array[][] {
  const before: (Uint8Array | null)[] = spaces.map(() => null);
  return moments.map(({ cells }) =>
    cells.map((text, i) => {
      const { frames, perCell } = spaces[i];
      return (before[i] = decodeFrames(text, before[i], Math.ceil(frames / perCell)));
    }),
  );
}

function element(name: string, text = '', attributes: Readonly<Record<string, string>> = {}): Element {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function options(texts: readonly (readonly [value: string, text: string])[]): Element[] {
  return texts.map(([value, text]) => element('option', text, { value }));
}

function showMap(index: number): void {
  map = maps[index];
  pictures = decodeAll(map);
  looked = null;
  slider.max = String(map.moments.length - 1);
  failureSelect.replaceChildren(
    ...options([
      [NONE, map.failed === 0 ? 'no request failed' : map.failures.length === 0 ? 'none is shown' : 'none'],
      ...map.failures.map(({ title }, i) => [String(i), title] as const),
    ]),
  );
  failureSelect.disabled = map.failures.length === 0;
  at('map-why').hidden = map.failed === 0;
  views = map.spaces.map((space, i) => {
    const group = space.perCell === 1 ? 'a cell a frame' : `a cell ${number(space.perCell)} frames`;
    const canvas = element('canvas', '', { tabindex: '0', role: 'img' }) as Canvas;
    const caption = element('figcaption', `${space.title} `);
    caption.append(element('span', `${number(space.frames)} frames from ${number(space.first)}, ${group}`));
    const figure = element('figure');
    figure.append(caption, canvas);
    canvas.addEventListener('pointermove', (event) => point(i, event));
    canvas.addEventListener('pointerdown', (event) => point(i, event));
    canvas.addEventListener('pointerleave', () => lookAt(null));
    canvas.addEventListener('keydown', (event) => move(i, event));
    canvas.addEventListener('blur', () => lookAt(null));
    return { canvas, figure, drawn: { columns: 1, size: 1 } };
  });
  at('map-pictures').replaceChildren(...views.map(({ figure }) => figure));
  // The first failure is what people come for.
  const failed = map.moments.findIndex(({ failure }) => failure !== null);
  showMoment(Math.max(0, failed));
}

function showMoment(index: number): void {
  moment = index;
  const shown = map.moments[index];
  slider.value = String(index);
  slider.setAttribute('aria-valuetext', `${time(shown)}, moment ${index + 1} of ${map.moments.length}`);
  failureSelect.value = shown.failure === null ? NONE : String(shown.failure);
  at('map-when').textContent = time(shown);
  at('map-told').textContent = sentence(shown);
  at('map-explain').textContent = shown.failure === null ? map.explain : map.failures[shown.failure].explain;
  showCounts(shown);
  showBlockers(shown);
  draw();
  tellLooked();
}

function time({ at: seconds }: EmbeddedMoment): string {
  return `${seconds.toFixed(1)} s`;
}

function sentence(shown: EmbeddedMoment): string {
  const area = shown.counts[0].flatMap((count, kind) => (count === 0 ? [] : [`${number(count)} ${kinds[kind].title}`]));
  const failure = shown.failure === null ? '' : ` ${map.failures[shown.failure].about}`;
  return `At ${time(shown)}, ${map.spaces[0].title}: ${area.join(', ')}.${failure}`;
}

function showCounts({ counts }: EmbeddedMoment): void {
  kinds.forEach(({ name }, kind) => {
    const cells = counts.map((own) => element('td', number(own[kind]), { class: 'n' }));
    at(`map-row-${name}`).replaceChildren(at(`map-kind-${name}`), ...cells);
  });
  at('map-spaces').replaceChildren(
    element('th', 'frames', { scope: 'col' }),
    ...map.spaces.map(({ title }) => element('th', title, { scope: 'col', class: 'n' })),
  );
}

function showBlockers({ failure }: EmbeddedMoment): void {
  const found = failure === null ? [] : map.failures[failure].blockers;
  at('map-blocked').hidden = found.length === 0;
  at('map-blockers').replaceChildren(
    ...found.map(([pfn, cause, kind]) => {
      const row = element('tr');
      const block = Math.floor(pfn / map.pageblock);
      row.append(
        element('td', number(pfn), { class: 'n' }),
        element('td', number(block), { class: 'n' }),
        element('td', cause),
        element('td', kinds[kind].title),
      );
      return row;
    }),
  );
}

function lookOf(): Look {
  const style = window.getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return { colours: kinds.map(({ name }) => value(`k-${name}`)), ink: value('ink'), paper: value('paper') };
}

function draw(): void {
  const look = lookOf();
  const { failure, counts } = map.moments[moment];
  const failed = failure === null ? null : map.failures[failure];
  const pfns = failed === null ? [] : failed.blockers.map(([pfn]) => pfn);
  views.forEach((view, i) => {
    const space = map.spaces[i];
    const blockers = cellsOf(space, pfns);
    const range = failed?.lastRange ?? null;
    const isInside = range !== null && range[0] >= space.first && range[1] <= space.first + space.frames;
    const marks = {
      blockers,
      range: isInside && space.perCell === 1 ? ([range[0] - space.first, range[1] - space.first] as const) : null,
      cursor: looked?.space === i ? looked.cell : null,
    };
    const room = { width: view.figure.clientWidth, ratio: window.devicePixelRatio };
    view.drawn = drawSpace(view.canvas, pictures[moment][i], space, kinds, look, marks, room);
    const most = counts[i].flatMap((count, kind) => (count === 0 ? [] : [`${kinds[kind].title} ${number(count)}`]));
    const inTheWay = blockers.length === 0 ? '' : `; ${number(blockers.length)} cells with pages in the way are framed`;
    view.canvas.setAttribute(
      'aria-label',
      `${space.title} at ${time(map.moments[moment])}: ${most.join(', ')}${inTheWay}`,
    );
  });
}

function lookAt(next: typeof looked): void {
  if (next?.space === looked?.space && next?.cell === looked?.cell) return;
  looked = next;
  draw();
  tellLooked();
}

function tellLooked(): void {
  if (looked === null) {
    at('map-frame').textContent = 'Point at a frame, or move over a picture with the arrow keys, to see which it is.';
    return;
  }
  const { first, frames, perCell, title } = map.spaces[looked.space];
  const from = first + looked.cell * perCell;
  const to = Math.min(from + perCell, first + frames) - 1;
  const kind = kinds[pictures[moment][looked.space][looked.cell]].title;
  const { failure } = map.moments[moment];
  const found = failure === null ? [] : map.failures[failure].blockers;
  const here = found.filter(([pfn]) => pfn >= from && pfn <= to).map(([, cause]) => cause);
  const way = here.length === 0 ? '' : `; in the way: ${here.join(', ')}`;
  const which = perCell === 1 ? `Frame ${number(from)}` : `Frames ${number(from)} to ${number(to)}`;
  at('map-frame').textContent =
    `${which}, pageblock ${number(Math.floor(from / map.pageblock))} (${title}): ${kind}${way}.`;
}

function point(space: number, { offsetX, offsetY }: UiEvent): void {
  const { columns, size } = views[space].drawn;
  const column = Math.floor(offsetX / size);
  const cell = Math.floor(offsetY / size) * columns + column;
  const isInside = column >= 0 && column < columns && cell >= 0 && cell < pictures[moment][space].length;
  lookAt(isInside ? { space, cell } : null);
}

function move(space: number, event: UiEvent): void {
  const { columns } = views[space].drawn;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  if (!Object.hasOwn(steps, event.key)) return;
  event.preventDefault();
  const cells = pictures[moment][space].length;
  const from = looked?.space === space ? looked.cell : -steps[event.key];
  const to = from + steps[event.key];
  if (to >= 0 && to < cells) lookAt({ space, cell: to });
}

function stop(): void {
  if (timer !== null) window.clearInterval(timer);
  timer = null;
  playButton.textContent = 'play';
  at('map-told').setAttribute('aria-live', 'polite');
}

function play(): void {
  if (timer !== null) {
    stop();
    return;
  }
  playButton.textContent = 'pause';
  // Nobody wants to hear all of them.
  at('map-told').setAttribute('aria-live', 'off');
  if (moment === map.moments.length - 1) showMoment(0);
  timer = window.setInterval(() => {
    if (moment < map.moments.length - 1) showMoment(moment + 1);
    if (moment === map.moments.length - 1) stop();
  }, STEP_MS);
}

cellSelect.replaceChildren(...options(maps.map(({ title }, i) => [String(i), title])));
cellSelect.addEventListener('change', () => {
  stop();
  showMap(Number(cellSelect.value));
});
failureSelect.addEventListener('change', () => {
  stop();
  const chosen = failureSelect.value === NONE ? null : Number(failureSelect.value);
  if (chosen !== null) showMoment(map.moments.findIndex(({ failure }) => failure === chosen));
  else {
    const next = map.moments.findIndex(({ failure }, i) => failure === null && i > moment);
    showMoment(next < 0 ? 0 : next);
  }
});
slider.addEventListener('input', () => {
  stop();
  showMoment(Number(slider.value));
});
playButton.addEventListener('click', play);
playButton.hidden = reducedMotion.matches;
reducedMotion.addEventListener('change', () => {
  stop();
  playButton.hidden = reducedMotion.matches;
});
for (const query of ['(prefers-color-scheme: dark)', 'print'])
  window.matchMedia(query).addEventListener('change', draw);
for (const event of ['resize', 'beforeprint', 'afterprint']) window.addEventListener(event, draw);

at('map-static').hidden = true;
at('map').hidden = false;
showMap(0);
