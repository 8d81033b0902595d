// Child processes: run to the end, or kept until the script ends. None outlives the script that started it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const kept = new Set();
const stopTime = 5000;

/** A command ended with something else than 0. */
export class CommandError extends Error {
  constructor(command, code, output) {
    super(`${command} ended with ${code}${output ? `:\n${output}` : ''}`);
    this.code = code;
    this.output = output;
  }
}

function start(command, args, options) {
  const windows = process.platform === 'win32';
  return spawn(command, args, {
    // npm and npx are scripts on Windows, and only a shell starts those. A group of its own lets a whole tree be ended.
    shell: windows && !command.includes('\\') && !command.endsWith('.exe'),
    detached: !windows,
    windowsHide: true,
    ...options,
  });
}

/** Runs a command to its end, its output going where ours goes. */
export async function run(command, args, options = {}) {
  const child = track(start(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options }), command);
  const code = await child.ended;
  if (code !== 0) {
    throw new CommandError(`${command} ${args.join(' ')}`, code);
  }
}

/** Runs a command to its end. @returns what it wrote, and its code when `check` is false. */
export async function capture(command, args, { check = true, ...options } = {}) {
  const child = track(start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options }), command);
  const [stdout, stderr] = [[], []];
  child.process.stdout.on('data', (data) => stdout.push(data));
  child.process.stderr.on('data', (data) => stderr.push(data));
  const code = await child.closed;
  const result = { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  if (check && code !== 0) {
    throw new CommandError(`${command} ${args.join(' ')}`, code, (result.stderr + result.stdout).slice(-4000));
  }
  return result;
}

/**
 * Starts a process that is kept until `stop`, or until the script ends.
 * @returns the child: `process`, `ended` (its exit code), `stop()`.
 */
export function keep(command, args, options = {}) {
  return track(start(command, args, options), command);
}

/**
 * Starts a server that says on one line of JSON on its standard output that it is ready.
 * @returns the child with `ready`, that object.
 */
export async function keepUntilReady(command, args, { timeout = 120_000, onLine, ...options } = {}) {
  const child = keep(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  const tail = [];
  const remember = (line) => {
    tail.push(line);
    tail.splice(0, Math.max(0, tail.length - 60));
    onLine?.(line);
  };
  createInterface({ input: child.process.stderr }).on('line', remember);
  const lines = createInterface({ input: child.process.stdout });
  const name = `${command} ${args.join(' ')}`;
  child.ready = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in ${timeout / 1000} s:\n${tail.join('\n')}`)), timeout);
    lines.on('line', (line) => {
      if (line.startsWith('{')) {
        try {
          resolve(JSON.parse(line));
          return;
        } catch {
          // Not the line waited for: a log line that begins with a brace.
        }
      }
      remember(line);
    });
    child.closed.then((code) => reject(new Error(`${name} ended with ${code} before it was ready:\n${tail.join('\n')}`)));
    child.closed.finally(() => clearTimeout(timer));
  }).catch(async (error) => {
    await child.stop();
    throw error;
  });
  child.tail = () => tail.join('\n');
  return child;
}

function track(process_, name) {
  const settle = (event) =>
    new Promise((resolve) => {
      process_.once('error', (error) => resolve(error.code === 'ENOENT' ? `not found: ${name}` : error.message));
      process_.once(event, (code, signal) => resolve(signal ?? code));
    });
  const child = { process: process_, ended: settle('exit'), closed: settle('close'), stop: () => stop(child) };
  kept.add(child);
  child.ended.then(() => kept.delete(child));
  return child;
}

function signal(child, name) {
  const { pid } = child.process;
  if (pid === undefined) {
    return;
  }
  try {
    if (process.platform === 'win32') {
      spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { windowsHide: true });
    } else {
      process.kill(-pid, name);
    }
  } catch (error) {
    if (error.code !== 'ESRCH') {
      throw error;
    }
  }
}

async function stop(child) {
  if (child.process.exitCode !== null || child.process.signalCode !== null) {
    return;
  }
  signal(child, 'SIGTERM');
  const timer = setTimeout(() => signal(child, 'SIGKILL'), stopTime);
  await child.ended;
  clearTimeout(timer);
}

/** Ends everything that was started and still runs. */
export async function stopAll() {
  await Promise.all([...kept].map(stop));
}

/** Runs a script's main function, ends its children whatever happens, and sets the exit code. */
export async function main(body) {
  let asked = false;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      if (asked) {
        kept.forEach((child) => signal(child, 'SIGKILL'));
        process.exit(1);
      }
      asked = true;
      stopAll().then(() => process.exit(name === 'SIGINT' ? 130 : 143));
    });
  }
  process.on('exit', () => kept.forEach((child) => signal(child, 'SIGKILL')));
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(error instanceof CommandError ? error.message : error);
    process.exitCode = 1;
  } finally {
    await stopAll();
  }
  // Whatever a failure left open must not keep the script from ending.
  process.exit();
}
