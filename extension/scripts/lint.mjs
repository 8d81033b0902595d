// Checks everything a reviewer should not have to: rules, types, format, and that the texts to translate are up to date.
//   node extension/scripts/lint.mjs           checks
//   node extension/scripts/lint.mjs --fix     mends what can be mended
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureModules } from './modules.mjs';
import { program, root } from './run.mjs';
import { catalogText } from './texts.mjs';
import { faultsOf, languages, places, serverCatalog, sourceOf, translationOf } from './texts/catalogs.mjs';
import { glossaryOf, termFaultsOf } from './texts/glossary.mjs';
import { literalsIn } from './texts/literals.mjs';

const fix = process.argv.includes('--fix');
let failed = false;

function run(title, command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  console.log(`${status === 0 ? 'ok    ' : 'failed'}  ${title}`);
  if (status !== 0) {
    failed = true;
    process.stdout.write(`${stdout ?? ''}${stderr ?? ''}`);
  }
}

function tell(title, findings) {
  console.log(`${findings.length === 0 ? 'ok    ' : 'failed'}  ${title}`);
  findings.forEach((finding) => {
    console.log(`        ${finding}`);
  });
  failed ||= findings.length > 0;
}

/** The sidecar's texts are read out of its sources; what a person sees of the extension is never a literal; all is translated. */
async function checkLanguages() {
  const catalog = await catalogText(root);
  if (fix) {
    await writeFile(join(root, serverCatalog), catalog);
  }
  const same = (await readFile(join(root, serverCatalog), 'utf8')) === catalog;
  tell("the catalogue of the sidecar's texts is up to date", same ? [] : ['npm run lint -- --fix']);

  const literals = [];
  for (const folder of ['extension/src', 'extension/webview']) {
    for (const file of await readdir(join(root, folder), { recursive: true })) {
      if (file.endsWith('.ts') && !file.startsWith('protocol')) {
        literals.push(...literalsIn(await readFile(join(root, folder, file), 'utf8'), `${folder}/${file}`));
      }
    }
  }
  tell('no text for people is a literal', literals);

  const kinds = await glossaryOf(root);
  tell('the glossary names kinds', kinds.length > 0 ? [] : ['l10n/GLOSSARY.md has no table of kinds']);
  for (const language of languages) {
    const faults = [];
    for (const place of Object.keys(places)) {
      const source = await sourceOf(root, place);
      const translation = await translationOf(root, place, language);
      faults.push(...faultsOf(source, translation, place), ...termFaultsOf(kinds, source, translation, language));
    }
    tell(`texts in ${language}`, faults);
  }
}

/** Every text given to vscode.l10n.t must be in the bundle that translators start from, and no other. */
async function checkTexts() {
  const folder = await mkdtemp(join(tmpdir(), 'aml-l10n-'));
  const target = fix ? join(root, 'l10n') : folder;
  run('texts are extracted', program('vscode-l10n-dev'), ['export', '-o', target, 'extension/src']);
  const read = (at) => readFile(join(at, 'bundle.l10n.json'), 'utf8').catch(() => '');
  const same = (await read(target)).trim() === (await read(join(root, 'l10n'))).trim();
  console.log(
    `${same ? 'ok    ' : 'failed'}  l10n/bundle.l10n.json is up to date${same ? '' : ' (npm run lint -- --fix)'}`,
  );
  failed ||= !same;
  await rm(folder, { recursive: true, force: true });
}

await ensureModules(root);
run('rules (eslint)', program('eslint'), [
  '-c',
  'extension/eslint.config.mjs',
  ...(fix ? ['--fix'] : []),
  'extension',
  'tests/extension',
]);
run('types (tsc)', program('tsc'), ['-p', 'tests/extension']);
run('types of the pages (tsc)', program('tsc'), ['-p', 'tests/extension/webview']);
run('format (prettier)', program('prettier'), [
  fix ? '--write' : '--check',
  'extension',
  'tests/extension',
  'package.json',
  'package.nls*.json',
]);
await checkTexts();
await checkLanguages();
run('format of C# (dotnet format)', 'dotnet', [
  'format',
  'whitespace',
  'AmlDataTools.sln',
  ...(fix ? [] : ['--verify-no-changes']),
  '--no-restore',
]);
process.exitCode = failed ? 1 : 0;
