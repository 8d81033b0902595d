import { describe, expect, it, vi } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatFiles,
  formatPercent,
  formatUtcDay,
} from '../../extension/src/infrastructure/format';
import { Throttle } from '../../extension/src/infrastructure/throttle';
import sizes from '../sizes.json';

describe('formatBytes', () => {
  // The table that the sidecar's tests read too: the same number reads the same wherever it stands.
  it.each(sizes as [number, string][])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('takes a rate, which is no whole number', () => {
    expect(formatBytes(1023.7)).toBe('1 KB');
    expect(formatBytes(0.3)).toBe('0 B');
  });

  it('writes numbers as the person does', () => {
    expect(formatBytes(1536, 'de')).toBe('1,5 KB');
  });
});

describe('formatUtcDay', () => {
  it.each([
    ['2026-12-04T23:59:59Z', 'Dec 4, 2026 (UTC)'],
    ['2026-12-05T00:00:00Z', 'Dec 5, 2026 (UTC)'],
  ])('%s is %s in every zone', (moment, text) => {
    expect(formatUtcDay(Date.parse(moment))).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [0.4, '0 s'],
    [5, '5 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
    [3600 + 5, '1 h'],
    [90_000, '1 d 1 h'],
  ])('%d is %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('counts', () => {
  it('are read by people', () => {
    expect(formatFiles(1)).toBe('1 file');
    expect(formatFiles(1204)).toBe('1,204 files');
    expect(formatPercent(999, 1000)).toBe('99 %');
    expect(formatPercent(1000, 1000)).toBe('100 %');
    expect(formatPercent(0, 0)).toBe('0 %');
  });
});

describe('a throttle', () => {
  it('runs at once, then once an interval, and never loses the last call', () => {
    vi.useFakeTimers();
    const action = vi.fn();
    const throttle = new Throttle(500, action);
    throttle.request();
    vi.advanceTimersByTime(0);
    expect(action).toHaveBeenCalledTimes(1);
    throttle.request();
    throttle.request();
    vi.advanceTimersByTime(499);
    expect(action).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(action).toHaveBeenCalledTimes(2);
    throttle.request();
    throttle.dispose();
    vi.advanceTimersByTime(1000);
    expect(action).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });
});
