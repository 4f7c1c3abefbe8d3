/** Long names over several lines. */

/** A name on lines of at most `width` letters, broken behind `+` where it can be, else behind `-`, else anywhere. */
export function breakName(name: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of name.split(/(?<=\+)/).flatMap((one) => partsOf(one, width))) {
    if (line !== '' && line.length + part.length > width) {
      lines.push(line);
      line = '';
    }
    line += part;
  }
  return [...lines, line];
}

function partsOf(text: string, width: number): string[] {
  return text.length <= width ? [text] : text.split(/(?<=[- ])/).flatMap((one) => chunks(one, width));
}

/** Pieces of `width` letters; at least one. */
export function chunks(text: string, width: number): string[] {
  const letters = Array.from(text);
  return Array.from({ length: Math.max(1, Math.ceil(letters.length / width)) }, (_, i) =>
    letters.slice(i * width, (i + 1) * width).join(''),
  );
}
