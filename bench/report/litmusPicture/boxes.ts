/**
 * The things of one state as SVG: pages with their hlists, anon_vmas, processes with their ptes and the cursor of ksmd.
 */
import type { LitmusPlace, LitmusState } from '../../../sim/index.ts';
import { HEAD, isHeld, ROW, type AnonVmaBox, type Box, type PageBox, type ProcessBox } from './layout.ts';
import { LETTER } from './style.ts';
import { element, escapeXml, fit, textAt } from './svg.ts';
import { holderWords, itemWords, ordinal, vmaWords } from '../litmusWords.ts';

/** From the upper edge of a line of text to its baseline. */
const BASE = 15;
const PAD = 8;

export function drawPage(box: PageBox, state: LitmusState): string {
  const { label, rows } = box;
  const { kind, mapcount } = state.pages[label];
  const walk = state.relations.walks[label];
  const isNull = kind === 'ksm-null';
  const leads = rows.map(({ y }, i) => {
    const lead = walk.leads.at(i);
    if (lead !== undefined)
      return cell(box, y, lead.item === null ? 'page->mapping' : `rmap_item ${lead.item}`, 'small');
    return isNull
      ? cell(box, y, 'the walk has nowhere to begin', 'small warn')
      : cell(box, y, 'the hlist is empty', mapcount > 0 ? 'small warn' : 'small soft');
  });
  return element('g', {}, [
    frame(box, `box ${kind === 'anon' ? 'anon' : 'ksm'}`),
    line(box, `${kind === 'anon' ? 'anonymous' : 'KSM'} page ${label}`, BASE, 'strong'),
    line(box, `${isNull ? 'no stable_node, ' : ''}mapcount ${mapcount}`, HEAD + BASE - 4, 'small soft'),
    ...(isHeld(walk) ? [line(box, `held: ${holderWords(walk)}`, HEAD + BASE + 12, 'small soft')] : []),
    ...leads,
  ]);
}

export function drawAnonVma(box: AnonVmaBox): string {
  const { name, vmas, isLedTo } = box;
  const lines = vmas.length === 0 ? ['no vma in its tree'] : vmas.map((vma) => `vma ${vmaWords(vma)}`);
  const rest = isLedTo
    ? []
    : [line(box, 'nothing leads here', HEAD + lines.length * ROW + BASE - 2, 'small warn', 'middle')];
  return element('g', {}, [
    frame(box, isLedTo ? 'box' : 'box dead', 14),
    line(box, `anon_vma of ${name}`, BASE, 'strong', 'middle'),
    ...lines.map((text, i) => line(box, text, HEAD + i * ROW + BASE - 2, 'small soft', 'middle')),
    ...rest,
  ]);
}

export function drawProcess(box: ProcessBox, state: LitmusState, shown: ReadonlySet<string>): string {
  const { process, rows } = box;
  const { ksmd } = state.relations;
  const isHere = process.hasSlot && state.cursor === process.name;
  const note = process.isAlive ? (process.hasSlot ? '' : ' (not in mm_slots)') : ' has exited, mm_slot still there';
  const at = ksmd.item === null ? '' : ` at ${ksmd.item.slice(ksmd.item.lastIndexOf('@'))}`;
  const flag = isHere ? cursorFlag(box, `ksmd${at}${ksmd.point === null ? '' : ` ${ksmd.point}`}`) : [];
  return element('g', process.isAlive ? {} : { class: 'gone' }, [
    frame(box, process.isAlive ? 'box' : 'box dead'),
    line(box, `${process.name}${note}`, BASE, 'strong'),
    ...flag,
    ...rows.map(({ y, place }) => drawPlace({ ...box, y, height: rows[0].height }, place, state, shown)),
  ]);
}

/** The sign of the cursor at the right edge of a box. */
export function cursorFlag(box: Box, text: string): string[] {
  const right = box.x + box.width - PAD;
  const left = right - text.length * LETTER.small - 8;
  return [
    element('path', { class: 'cursor', d: `M${left - 3} ${box.y + 11}l8 -5v10z` }),
    textAt(right, box.y + BASE, text, 'small strong', { 'text-anchor': 'end' }),
  ];
}

function drawPlace(box: Box, place: LitmusPlace, state: LitmusState, shown: ReadonlySet<string>): string {
  const { at, page, isMigrationEntry } = place;
  const address = at.slice(at.lastIndexOf('@'));
  const target = page === null ? 'no pte' : isMigrationEntry ? `migration entry for ${page}` : `maps ${page}`;
  const walk = page === null || isMigrationEntry || !shown.has(page) ? null : state.relations.walks[page];
  const lost = walk?.missed.find((one) => one.at === at);
  const nth = walk === null ? -1 : walk.found.indexOf(at);
  const verdict =
    lost === undefined
      ? nth < 0
        ? []
        : [textAt(box.x + box.width - PAD, box.y + BASE, `found ${ordinal(nth + 1)}`, 'small found-text', END)]
      : [textAt(box.x + box.width - PAD, box.y + BASE, `MISSED ${lost.cause}`, 'strong warn', END)];
  return element('g', {}, [
    ...(lost === undefined
      ? [element('path', { class: 'rule', d: `M${box.x} ${box.y}h${box.width}` })]
      : [element('rect', { class: 'alarm', x: box.x + 2, y: box.y, width: box.width - 4, height: box.height - 2 })]),
    line(
      { ...box, width: box.width - (verdict.length > 0 ? 12 * LETTER.usual : 0) },
      `${address} ${target}`,
      BASE,
      page === null ? 'soft' : '',
    ),
    line(box, `     ${itemWords(place)}`, BASE + 15, 'small soft'),
    ...verdict,
  ]);
}

const END = { 'text-anchor': 'end' } as const;

function cell(box: Box, y: number, text: string, className: string): string {
  return element('g', {}, [
    element('path', { class: 'rule', d: `M${box.x} ${y}h${box.width}` }),
    line({ ...box, y }, text, BASE - 1, className),
  ]);
}

function frame(box: Box, className: string, rx = 4): string {
  const { x, y, width, height } = box;
  return element('rect', { class: className, x, y, width, height, rx });
}

/** A line `down` from the upper edge of the box; what does not fit can be read by pointing at it. */
function line(box: Box, text: string, down: number, className: string, anchor = 'start'): string {
  const x = anchor === 'middle' ? box.x + box.width / 2 : box.x + PAD;
  const short = fit(text, lettersIn(box, className.includes('small') ? 'small' : 'usual'));
  const whole = short === text ? [] : [element('title', {}, [escapeXml(text)])];
  return element('text', { x, y: box.y + down, class: className, 'text-anchor': anchor }, [escapeXml(short), ...whole]);
}

const lettersIn = ({ width }: Box, size: keyof typeof LETTER): number => Math.floor((width - 2 * PAD) / LETTER[size]);
