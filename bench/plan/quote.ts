/** Text from files in messages: short, and without characters that could steer a terminal. */

const LONGEST = 60;

/** Control and other unprintable characters shown as `?`; not shortened, as paths must not be. */
export function withoutControls(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}

/** At most 60 letters, control and other unprintable characters shown as `?`. */
export function printable(text: string): string {
  const shown = withoutControls(text);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 3)}...` : shown;
}

/** The text in backticks. */
export function quote(text: string): string {
  return `\`${printable(text)}\``;
}
