import * as vscode from 'vscode';

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/**
 * Bytes: `512 B`, `35.2 KB`, `1.2 GB`. Powers of 1,024, one decimal below 100, halves up, never 1,024 of a unit. The
 * sidecar's `Sizes.Text` gives the same.
 */
export function formatBytes(bytes: number, locale?: string): string {
  let value = Math.max(0, Math.round(bytes));
  let unit = 0;
  while (unit < units.length - 1 && value >= (unit === 0 ? 1024 : 1023.5)) {
    value /= 1024;
    unit++;
  }
  const tenths = Math.floor(value * 10 + 0.5) / 10;
  const rounded = unit === 0 || tenths >= 100 ? Math.floor(value + 0.5) : tenths;
  const number = new Intl.NumberFormat(locale ?? language(), { maximumFractionDigits: 1 }).format(rounded);
  return `${number} ${units[unit]}`;
}

/** A rate: `84 MB/s`. */
export function formatRate(bytesPerSecond: number, locale?: string): string {
  return vscode.l10n.t('{0}/s', formatBytes(bytesPerSecond, locale));
}

/** A span of time in its two largest units: `5 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const parts: readonly [number, (n: number) => string][] = [
    [Math.floor(total / 86_400), (n) => vscode.l10n.t('{0} d', n)],
    [Math.floor(total / 3600) % 24, (n) => vscode.l10n.t('{0} h', n)],
    [Math.floor(total / 60) % 60, (n) => vscode.l10n.t('{0} min', n)],
    [total % 60, (n) => vscode.l10n.t('{0} s', n)],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) {
    return vscode.l10n.t('{0} s', 0);
  }
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, text]) => text(n))
    .join(' ');
}

/** A count with its separators: `1,204`. */
export function formatCount(count: number, locale?: string): string {
  return new Intl.NumberFormat(locale ?? language()).format(count);
}

/** `1 file`, `1,204 files`. */
export function formatFiles(count: number): string {
  return count === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', formatCount(count));
}

/** Whole percent, never 100 before all is done. */
export function formatPercent(done: number, all: number): string {
  const percent = all <= 0 ? 0 : done >= all ? 100 : Math.min(99, Math.floor((done / all) * 100));
  return vscode.l10n.t('{0} %', percent);
}

/** When something was, as short as can be: the time today, else day and time. */
export function formatWhen(unixMilliseconds: number, now = Date.now()): string {
  const when = new Date(unixMilliseconds);
  const today = new Date(now).toDateString() === when.toDateString();
  return new Intl.DateTimeFormat(
    language(),
    today
      ? { hour: 'numeric', minute: '2-digit' }
      : { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' },
  ).format(when);
}

/** The day of a moment in UTC, as receipts have it: `4 Dec 2026 (UTC)`. */
export function formatUtcDay(unixMilliseconds: number): string {
  const day = new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeZone: 'UTC' }).format(unixMilliseconds);
  return `${day} (UTC)`;
}

/** A day: `4 Dec 2026`. */
export function formatDay(unixMilliseconds: number): string {
  return new Intl.DateTimeFormat(language(), { dateStyle: 'medium' }).format(unixMilliseconds);
}

function language(): string {
  return vscode.env.language;
}
