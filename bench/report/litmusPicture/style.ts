/**
 * Measures and colours of a picture of a litmus test. It brings its own paper for light and dark, since a page that
 * shows it as an image does not say which it has. Colours are those of Okabe and Ito as in the HTML report; what the
 * walk misses is dashed and says so besides.
 */

/** Units of the view box, pixels at full size: the width of a README's column on a forge. */
export const WIDTH = 900;
export const MARGIN = 12;
/** Letters are of one width, so that what fits can be counted: 0.6 em is that of the common monospace fonts. */
export const LETTER = { usual: 7.2, small: 6.6 } as const;
export const LINE = { usual: 17, small: 15 } as const;

const LIGHT = {
  paper: '#ffffff',
  ink: '#1c1c1c',
  soft: '#5f5f5f',
  rule: '#d4d4d4',
  box: '#f6f7f9',
  found: '#0072b2',
  looked: '#8a8a8a',
  ksm: '#fdeecb',
  anon: '#e1f0fa',
  missed: '#c23a08',
  alarm: '#fdeae3',
};

const DARK: typeof LIGHT = {
  paper: '#161616',
  ink: '#e8e8e8',
  soft: '#a9a9a9',
  rule: '#444444',
  box: '#212326',
  found: '#5db3f0',
  looked: '#8f8f8f',
  ksm: '#4b3a10',
  anon: '#173449',
  missed: '#ff8a5c',
  alarm: '#3d1c10',
};

const rules = (colours: typeof LIGHT): string =>
  [
    `.paper{fill:${colours.paper}}`,
    `text{fill:${colours.ink}}`,
    `.soft{fill:${colours.soft}}`,
    `.warn{fill:${colours.missed}}`,
    `.found-text{fill:${colours.found}}`,
    `.rule{stroke:${colours.rule}}`,
    `.box{fill:${colours.box};stroke:${colours.soft}}`,
    `.ksm{fill:${colours.ksm}}`,
    `.anon{fill:${colours.anon}}`,
    `.alarm{fill:${colours.alarm};stroke:${colours.missed}}`,
    `.found{stroke:${colours.found}}`,
    `.looked{stroke:${colours.looked}}`,
    `.missed{stroke:${colours.missed}}`,
    `.head-found{fill:${colours.found}}`,
    `.head-looked{fill:${colours.looked}}`,
    `.head-missed,.flag{fill:${colours.missed}}`,
    `.cursor{fill:${colours.ink}}`,
  ].join('');

export const STYLE = [
  'text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;white-space:pre}',
  '.small{font-size:11px}.strong{font-weight:bold}.gone{opacity:.7}',
  '.found,.looked,.missed{fill:none;stroke-width:1.7}',
  '.looked{stroke-dasharray:1.5 4;stroke-width:1.5}',
  '.missed{stroke-dasharray:7 4;stroke-width:2}',
  '.alarm{stroke-dasharray:7 4;stroke-width:1.5}',
  '.dead{stroke-dasharray:3 3}',
  rules(LIGHT),
  `@media (prefers-color-scheme:dark){${rules(DARK)}}`,
].join('');
