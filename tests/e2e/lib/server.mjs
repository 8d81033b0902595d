// One code-server with the extension installed.
import { cp, mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture, keep } from '../../tools/processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));

export const baseSettings = {
  'workbench.startupEditor': 'none',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'files.simpleDialog.enable': true,
  'workbench.reduceMotion': 'on',
  // A row that is found must not lie below another one that is stuck to the top.
  'workbench.tree.enableStickyScroll': false,
};

/**
 * The built-in extensions, with the Microsoft account replaced by one that signs in to the emulator.
 * @param others stand-ins beside this folder to have as well
 */
export async function makeBuiltins(codeServer, folder, others = []) {
  const target = join(folder, ['builtin', ...others].join('-'));
  await mkdir(target);
  for (const name of await readdir(codeServer.builtinExtensions)) {
    if (name !== 'microsoft-authentication') {
      await symlink(join(codeServer.builtinExtensions, name), join(target, name));
    }
  }
  for (const own of ['microsoft-authentication', 'tool-caller', ...others]) {
    await cp(join(here, '..', own), join(target, own), { recursive: true });
  }
  return target;
}

/** Installs a package into a folder of extensions that several servers then use. */
export async function installExtension(codeServer, vsix, folder) {
  const extensions = join(folder, 'extensions');
  const data = join(folder, 'install-data');
  await mkdir(extensions, { recursive: true });
  const { stdout } = await capture(
    codeServer.node,
    [codeServer.entry, '--install-extension', vsix, '--extensions-dir', extensions, '--user-data-dir', data, '--config', join(folder, 'install.yaml')],
    { env: cleanEnvironment(folder) },
  );
  if (!/successfully installed/i.test(stdout)) {
    throw new Error(`VS Code did not install ${vsix}: ${stdout}`);
  }
  return extensions;
}

/**
 * Makes VS Code take a display language for installed, without its own texts: those stay English, extensions speak the language.
 * The files are those that VS Code writes when a language pack is installed.
 */
async function writeLanguagePack(userData, locale) {
  const texts = join(userData, `${locale}.i18n.json`);
  await writeFile(texts, JSON.stringify({ version: '1.0.0', contents: {} }));
  const pack = {
    hash: `aml-${locale}`,
    label: locale,
    extensions: [{ extensionIdentifier: { id: `aml.language-pack-${locale}` }, version: '1.0.0' }],
    translations: { vscode: texts },
  };
  await writeFile(join(userData, 'languagepacks.json'), JSON.stringify({ [locale]: pack }));
}

/**
 * Starts a server with user data of its own.
 * @param locale the display language.
 * @param trust whether folders have to be trusted first, as they have in a person's VS Code.
 * @returns the child with `url`, `workspace` (the open folder) and `userData`.
 */
export async function startCodeServer({ codeServer, folder, extensions, builtins, settings = {}, environment = {}, workspace, trust = false, locale = 'en' }) {
  const home = await mkdtemp(join(folder, 'window-'));
  const userData = join(home, 'data');
  await mkdir(join(userData, 'User'), { recursive: true });
  await writeFile(join(userData, 'User', 'settings.json'), JSON.stringify({ ...baseSettings, ...settings }, null, 2));
  await mkdir(join(userData, 'Machine'), { recursive: true });
  await writeFile(join(userData, 'Machine', 'settings.json'), JSON.stringify(settings, null, 2));
  if (locale !== 'en') {
    await writeLanguagePack(userData, locale);
  }
  const open = workspace ?? join(home, 'workspace');
  await mkdir(open, { recursive: true });
  const child = keep(
    codeServer.node,
    [
      codeServer.entry,
      ...['--bind-addr', '127.0.0.1:0', '--auth', 'none', '--disable-telemetry', '--disable-update-check'],
      ...(trust ? [] : ['--disable-workspace-trust']),
      ...['--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened'],
      ...['--extensions-dir', extensions, '--user-data-dir', userData, '--config', join(home, 'config.yaml')],
      ...['--locale', locale],
      ...['--reconnection-grace-time', '5', '--vscode-option', `builtin-extensions-dir=${builtins}`],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...cleanEnvironment(home), ...environment } },
  );
  const output = [];
  for (const stream of [child.process.stdout, child.process.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => output.push(text));
  }
  const origin = await originOf(child, output);
  return Object.assign(child, {
    origin,
    url: `${origin}/?folder=${encodeURIComponent(open)}`,
    workspace: open,
    userData,
    output: () => output.join(''),
  });
}

/** Where it listens, once it does: it takes a port that is free and says which. */
async function originOf(child, output) {
  const until = Date.now() + 120_000;
  while (Date.now() < until && child.process.exitCode === null) {
    const [, origin] = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output.join('')) ?? [];
    try {
      if (origin !== undefined && (await fetch(`${origin}/healthz`)).ok) {
        return origin;
      }
    } catch {
      // Not answering yet.
    }
    await sleep(100);
  }
  throw new Error(`code-server did not start:\n${output.join('')}`);
}

/** What a terminal of VS Code or npm has in its environment would reach the extension host. */
function cleanEnvironment(home) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|npm_|PORT$|PASSWORD$|NODE_OPTIONS$|ELECTRON_)/i.test(name));
  return { ...Object.fromEntries(kept), HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_DATA_HOME: join(home, '.local') };
}
