/**
 * Plots as static SVG (Vega-Lite, rendered without a browser). Colours are CSS variables of the page, so that a plot
 * follows its light and dark scheme.
 */
import type { Config, TopLevelSpec } from 'vega-lite';
import { escapeHtml } from './escape.ts';

/** px: fits a phone of 360 px with the page's margins. */
const WIDTH = 312;
export const HEIGHT = 236;

const CONFIG: Config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    tickColor: 'currentColor',
    domainColor: 'currentColor',
    gridColor: 'var(--grid)',
    titleFontWeight: 'normal',
    labelLimit: 70,
    tickCount: 4,
  },
  axisX: { labelFlush: false, labelOverlap: true, labelSeparation: 6 },
};

/** An SVG element with a text alternative. */
export interface Plot {
  readonly title: string;
  readonly svg: string;
}

export interface Frame {
  readonly title: string;
  /** What the plot shows, for those who cannot see it. */
  readonly alternative: string;
  /** px; a plot is as high as its neighbours unless it says otherwise. */
  readonly height?: number;
}

/** Mean width of a letter over the size of its font. */
const LETTER = 0.6;

interface TextMetrics {
  width: (item: { readonly fontSize?: number }, text: unknown) => number;
}

/**
 * The libraries are large, and wanted only here: loaded when the first plot is drawn. How wide a text is they would ask
 * the `canvas` package where that happens to be installed, and else make it a third too wide.
 */
async function load(): Promise<readonly [typeof import('vega'), typeof import('vega-lite')]> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  // Meant to be set (vega-scenegraph, util/text.js), but not in the types.
  const { textMetrics } = vega as unknown as { readonly textMetrics: TextMetrics };
  textMetrics.width = ({ fontSize = 11 }, text) => Math.round(LETTER * fontSize * String(text).length);
  return [vega, vegaLite];
}

/** Draws a Vega-Lite specification. */
export async function renderPlot(spec: object, { title, alternative, height = HEIGHT }: Frame): Promise<Plot> {
  const [vega, vegaLite] = await load();
  const full = {
    ...spec,
    width: WIDTH,
    height,
    autosize: { type: 'fit', contains: 'padding' },
    config: CONFIG,
  } as TopLevelSpec;
  const view = new vega.View(vega.parse(vegaLite.compile(full).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return { title, svg: svg.replace('<svg ', `<svg role="img" aria-label="${escapeHtml(alternative)}" `) };
}

/** Layers of Vega-Lite: text that can be read on whatever lies below it. */
export function haloed(mark: object, encoding: object, values: readonly object[]): object[] {
  const text = { type: 'text', color: 'currentColor', ...mark };
  return [{ stroke: 'var(--paper)', strokeWidth: 2.5, strokeJoin: 'round' }, {}].map((more) => ({
    data: { values },
    mark: { ...text, ...more },
    encoding,
  }));
}

/** `more`: HTML behind the title. */
export function figure({ title, svg }: Plot, more = ''): string {
  const caption = `${escapeHtml(title)}${more === '' ? '' : ` <span>${more}</span>`}`;
  return `<figure><figcaption>${caption}</figcaption>${svg}</figure>`;
}

/** Figures side by side, as many as there is room for; `two`: two and two, where figures are pairs. */
export function panels(figures: readonly string[], layout: 'any' | 'two' = 'any'): string {
  const isTwo = layout === 'two' || figures.length === 2 || figures.length === 4;
  return `<div class="panels${isTwo ? ' two' : ''}">${figures.join('\n')}</div>`;
}
