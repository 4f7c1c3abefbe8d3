/**
 * A litmus test as one SVG picture: a frame a step, below each other, each with what was done since the frame before,
 * the state, and what the reverse walk comes to. The bytes depend on the test and the model alone.
 */
import type { LitmusAction, LitmusState, LitmusTest } from '../../../sim/index.ts';
import { actionText, reportWords, walkWords } from '../litmusWords.ts';
import { wrap } from '../table.ts';
import { arrow, ARROW_HEADS, drawArrows } from './arrows.ts';
import { cursorFlag, drawAnonVma, drawPage, drawProcess } from './boxes.ts';
import { COLUMNS, layOut } from './layout.ts';
import { pagesOf } from './steps.ts';
import { LETTER, LINE, MARGIN, STYLE, WIDTH } from './style.ts';
import { element, escapeXml, textAt } from './svg.ts';

export interface Picture {
  readonly test: LitmusTest;
  /** Strategies it ran under, '' for stock. */
  readonly strategy: string;
  /** States to draw, in order. */
  readonly states: readonly LitmusState[];
}

/** The document as text that ends in a newline. */
export function litmusPicture({ test, strategy, states }: Picture): string {
  const under = strategy === '' ? '' : `, under ${strategy}`;
  const title = `${test.id}${test.title === '' ? '' : `: ${test.title}`}${under}`;
  const pages = pagesOf(test, states);
  const parts: string[] = [];
  let y = MARGIN + 14;
  for (const line of wrap(title, lettersAcross(LETTER.usual), '  ')) {
    parts.push(textAt(MARGIN, y, line, 'strong'));
    y += LINE.usual;
  }
  let shown = -1;
  for (const state of states) {
    const frame = drawFrame(state, test.actions, shown + 1, pages, y);
    parts.push(...frame.parts);
    y = frame.bottom;
    shown = state.step;
  }
  const height = y + 30;
  parts.push(...legend(y + 18));
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: WIDTH,
      height,
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: 'img',
      'aria-labelledby': 'title desc',
    },
    [
      element('title', { id: 'title' }, [escapeXml(title)]),
      element('desc', { id: 'desc' }, [escapeXml(describe(test, states, pages))]),
      element('style', {}, [STYLE]),
      element('defs', {}, ARROW_HEADS),
      element('rect', { class: 'paper', width: WIDTH, height }),
      '\n',
      parts.join('\n'),
      '\n',
    ],
  )}\n`;
}

interface Frame {
  readonly parts: readonly string[];
  readonly bottom: number;
}

function drawFrame(
  state: LitmusState,
  actions: readonly LitmusAction[],
  first: number,
  pages: ReadonlySet<string>,
  top: number,
): Frame {
  const parts = [element('path', { class: 'rule', d: `M${MARGIN} ${top}H${WIDTH - MARGIN}` })];
  let y = top + 4;
  const write = (text: string, className: string, size: keyof typeof LETTER): void => {
    for (const line of wrap(text, lettersAcross(LETTER[size]), '    ')) {
      y += LINE[size];
      parts.push(textAt(MARGIN, y, line, className));
    }
  };
  const before = actions.slice(first, state.step).map((action, i) => `${first + i + 1} ${actionText(action)}`);
  if (before.length > 0) write(before.join('; '), 'small soft', 'small');
  write(`${state.step + 1} ${actionText(actions[state.step])}`, 'strong', 'usual');
  const report = reportWords(state.report);
  if (report !== '') write(`  ${report}`, '', 'usual');
  for (const { sentence, className } of sentences(state, pages)) write(`  ${sentence}`, className, 'usual');
  y += LINE.small + 4;
  const { relations, cursor } = state;
  parts.push(
    textAt(COLUMNS.pages.x, y, 'pages', 'small soft'),
    textAt(COLUMNS.anonVmas.x, y, 'anon_vmas', 'small soft'),
    textAt(COLUMNS.processes.x, y, "mm_slots in ksmd's order", 'small soft'),
  );
  if (cursor === null) parts.push(...cursorFlag({ ...COLUMNS.processes, y: y - 15, height: 0 }, 'ksmd: list head'));
  const layout = layOut(state, pages, y + 6);
  parts.push(
    ...layout.pages.map((box) => drawPage(box, state)),
    ...layout.anonVmas.map((box) => drawAnonVma(box)),
    ...layout.processes.map((box) => drawProcess(box, state, pages)),
    ...drawArrows(layout, state),
  );
  if (relations.processes.length === 0) parts.push(textAt(COLUMNS.processes.x, y + 20, 'none', 'small soft'));
  return { parts, bottom: layout.bottom + 14 };
}

function sentences(state: LitmusState, labels: ReadonlySet<string>): { sentence: string; className: string }[] {
  return Object.entries(state.pages)
    .filter(([label]) => labels.has(label))
    .map(([label, { mapcount }]) => {
      const isMissed = state.relations.walks[label].missed.length > 0;
      const className = isMissed ? 'strong warn' : mapcount === 0 ? 'soft' : 'found-text';
      return { sentence: walkWords(label, state), className };
    });
}

/** The picture in sentences, for those who cannot see it. */
function describe({ actions }: LitmusTest, states: readonly LitmusState[], labels: ReadonlySet<string>): string {
  const lines = states.map((state) => {
    const told = [reportWords(state.report), ...sentences(state, labels).map(({ sentence }) => sentence)];
    return `After step ${state.step + 1}, ${actionText(actions[state.step])}: ${told.filter((one) => one !== '').join('; ')}.`;
  });
  return lines.join(' ');
}

function legend(y: number): string[] {
  const kinds = [
    { kind: 'found', text: 'the reverse walk finds the pte' },
    { kind: 'looked', text: 'it looks there, another page is mapped' },
    { kind: 'missed', text: 'a pte that it misses' },
  ] as const;
  let x = MARGIN;
  return kinds.flatMap(({ kind, text }) => {
    const parts = [arrow(kind, `M${x} ${y - 4}h36`), textAt(x + 44, y, text, 'small soft')];
    x += 44 + text.length * LETTER.small + 28;
    return parts;
  });
}

const lettersAcross = (letter: number): number => Math.floor((WIDTH - 2 * MARGIN) / letter);
