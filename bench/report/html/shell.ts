/**
 * What the pages of this tool have in common: one file that loads nothing, a policy that lets nothing else in, paper
 * and ink for light and dark, tables that scroll by themselves on a phone.
 */
import { createHash } from 'node:crypto';
import { escapeHtml } from './escape.ts';

export interface Page {
  readonly title: string;
  /** Rules behind BASE_STYLE. */
  readonly style: string;
  /** HTML of the main element. */
  readonly body: string;
  /** Text of a module that runs once the page is there; absent: no script may run. */
  readonly script?: string;
}

const BASE_STYLE = `
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --soft: #5f5f5f; --grid: #e2e2e2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #161616; --soft: #a5a5a5; --grid: #383838; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 84rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; margin: 0; }
p { max-width: 46rem; } small, figcaption span { color: var(--soft); }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem; }
figure { margin: 0; min-width: 0; display: flex; flex-direction: column; justify-content: space-between; gap: .25rem; } figure svg { width: 100%; max-width: 27rem; height: auto; display: block; } figcaption { font-size: .9rem; } figcaption span { white-space: nowrap; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .875rem; } th, td { padding: .15rem .6rem .15rem 0; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--grid); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
details { margin: .5rem 0; } summary { cursor: pointer; }
`;

/** The page as text. */
export function htmlPage({ title, style, body, script }: Page): string {
  const styles = `${BASE_STYLE}${style}`;
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(styles)}'`,
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
</head>
<body>
<main>
${body}
</main>
${script === undefined ? '' : `<script type="module">${script}</script>\n`}</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** A column of a table; `isNumber` stands right. The title is text. */
export interface HtmlColumn {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** A table of text in a region that scrolls, with the keyboard too. */
export function textTable(name: string, columns: readonly HtmlColumn[], rows: readonly (readonly string[])[]): string {
  const mark = (column: HtmlColumn): string => (column.isNumber === true ? ' class="n"' : '');
  const head = columns.map((column) => `<th scope="col"${mark(column)}>${escapeHtml(column.title)}</th>`).join('');
  const lines = rows.map((row) => {
    const cells = row.map((text, i) => `<td${mark(columns[i])}>${escapeHtml(text)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  return scrollTable(name, `<tr>${head}</tr>`, lines);
}

/** A table of HTML. Wide ones scroll by themselves, with the keyboard too. */
export function scrollTable(name: string, head: string, lines: readonly string[]): string {
  return `<div class="scroll" role="group" aria-label="${escapeHtml(name)}" tabindex="0"><table><thead>${head}</thead><tbody>${lines.join('')}</tbody></table></div>`;
}

/** A part of a page, with its heading; `html`: what stands below it. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

/** Links to the sections, and the sections. */
export function sectionsHtml(sections: readonly Section[]): string {
  const links = sections.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`);
  return [
    `<nav aria-label="sections"><ul>${links.join('')}</ul></nav>`,
    ...sections.map(({ id, title, html }) => `<section id="${id}"><h2>${title}</h2>\n${html}\n</section>`),
  ].join('\n');
}

/** Names and what they stand for, both text. */
export function factList(facts: readonly (readonly [name: string, text: string])[]): string {
  const items = facts.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`);
  return `<dl>${items.join('')}</dl>`;
}

/** Text to copy; long lines of it are broken. */
export function commandBlock(text: string, label = 'command'): string {
  return `<pre class="scroll command" tabindex="0" role="group" aria-label="${escapeHtml(label)}">${escapeHtml(text)}</pre>`;
}
