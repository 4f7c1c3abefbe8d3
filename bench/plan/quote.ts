/** Text from files in messages: short, and without characters that could steer a terminal. */

const LONGEST = 60;

/** At most 60 letters, control and other unprintable characters shown as `?`. */
export function printable(text: string): string {
  const shown = text.replaceAll(/\p{C}/gu, '?');
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 3)}...` : shown;
}

/** The text in backticks. */
export function quote(text: string): string {
  return `\`${printable(text)}\``;
}
