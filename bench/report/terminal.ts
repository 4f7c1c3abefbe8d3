/** What an output can show: width, colour, and whether it is a terminal at all. */
import pc from 'picocolors';

export type Paint = ReturnType<typeof pc.createColors>;

export interface Terminal {
  /** Columns to fit into: 80..120. */
  readonly width: number;
  readonly paint: Paint;
  /** Box drawing and other characters beyond ASCII. */
  readonly unicode: boolean;
}

const MIN_WIDTH = 80;
const MAX_WIDTH = 120;

/** Plain ASCII without colour, for files. */
export const PLAIN: Terminal = { width: 100, paint: pc.createColors(false), unicode: false };

/** NO_COLOR as https://no-color.org has it: set to anything but nothing. */
export function wantsNoColor(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
}

/** The terminal behind a stream. Piped: no colour and ASCII. NO_COLOR and TERM=dumb are respected. */
export function terminalOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Terminal {
  if (!stream.isTTY) return PLAIN;
  const columns = stream.columns > 0 ? stream.columns : MIN_WIDTH;
  const locale = env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? '';
  return {
    width: Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns)),
    paint: pc.createColors(!wantsNoColor(env) && env['TERM'] !== 'dumb'),
    unicode: /utf-?8/i.test(locale) || process.platform === 'win32',
  };
}
