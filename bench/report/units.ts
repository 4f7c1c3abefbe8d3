/** Numbers for people: three significant digits and a unit. */

/** `1.23`, `12.3`, `123`, `1234`: three significant digits, more before the point; `0` for 0. */
export function digits3(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 99.95) return value.toFixed(0);
  if (size >= 9.995) return value.toFixed(1);
  if (size >= 0.9995) return value.toFixed(2);
  return Number(value.toPrecision(2)).toString();
}

/** A share 0..1 in per cent, without the sign: `12.3`, `0.04`. */
export function percent(share: number): string {
  const value = share * 100;
  const size = Math.abs(value);
  if (size === 0 || size === 100) return `${value}`;
  return size >= 0.0995 ? value.toFixed(1) : Number(value.toPrecision(1)).toString();
}

/** Simulated time from ms: `850 us`, `12.3 ms`, `4.56 s`. */
export function time(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 1) return `${digits3(ms * 1e3)} us`;
  if (ms < 999.5) return `${digits3(ms)} ms`;
  return `${digits3(ms / 1e3)} s`;
}

/** Wall time from seconds: `4 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Bytes: `512 B`, `12.3 kB`, `4.56 MB`; kB and MB are multiples of 1024, as in /proc/meminfo. */
export function bytes(count: number): string {
  const size = Math.abs(count);
  if (size < 1024) return `${Math.round(count)} B`;
  if (size < 1024 ** 2) return `${digits3(count / 1024)} kB`;
  return `${digits3(count / 1024 ** 2)} MB`;
}

/** `1 cell`, `1,234 cells`. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** A count with separators: `1,234`. */
export function count(value: number): string {
  // Not by toLocaleString: the first call takes 30 ms, to load what it knows of languages.
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
