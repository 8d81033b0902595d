// Time, processor time and memory of a process.
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { capture } from '../../tools/processes.mjs';

const ticksPerSecond = 100;

/**
 * Runs a command to its end under time(1).
 * @returns seconds on the clock, seconds of processor (user and system), peak resident bytes, and what it wrote.
 */
export async function measureCommand(command, args, options = {}) {
  const began = performance.now();
  const { stdout, stderr } = await capture('/usr/bin/time', ['-q', '-f', 'measured %U %S %M', command, ...args], options);
  const seconds = (performance.now() - began) / 1000;
  const [, user, system, kilobytes] = /measured ([\d.]+) ([\d.]+) (\d+)/.exec(stderr) ?? [];
  return { seconds, cpuSeconds: Number(user) + Number(system), peakBytes: Number(kilobytes) * 1024, stdout };
}

/**
 * Measures something a running process does.
 * @returns as `measureCommand`; the peak is that of the whole life of the process, since it cannot be reset everywhere.
 */
export async function measureProcess(pid, body) {
  const before = await processorSeconds(pid);
  const began = performance.now();
  const result = await body();
  const seconds = (performance.now() - began) / 1000;
  return { seconds, cpuSeconds: (await processorSeconds(pid)) - before, peakBytes: await peakBytes(pid), result };
}

/** Seconds of processor a process has used so far. */
export async function processorSeconds(pid) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The most memory a process has had resident since it began. */
export async function peakBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
