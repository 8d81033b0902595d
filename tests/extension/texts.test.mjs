// The checks of texts find what they are for: each is shown a broken sample.
import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../extension/scripts/texts/catalogs.mjs';
import { glossaryOf, kindsOf, termFaultsOf } from '../../extension/scripts/texts/glossary.mjs';
import { literalsIn } from '../../extension/scripts/texts/literals.mjs';
import { pseudoOf } from '../../extension/scripts/texts/pseudo.mjs';
import { textsOf } from '../../extension/scripts/texts/serverTexts.mjs';

const source = {
  '{0} runs': '{0} runs',
  'Delete {0} of {1}?': 'Delete {0} of {1}?',
  'Sign in: [here](command:amlData.signIn)': 'Sign in: [here](command:amlData.signIn)',
  ', and more': ', and more',
};
const whole = {
  '{0} runs': '{0} запуск|{0} запуска|{0} запусков',
  'Delete {0} of {1}?': '{1}: {0} löschen?',
  'Sign in: [here](command:amlData.signIn)': 'Anmelden: [hier](command:amlData.signIn)',
  ', and more': ', und mehr',
};
const without = (key) => Object.fromEntries(Object.entries(whole).filter(([each]) => each !== key));

describe('a translation', () => {
  it('is good when all is there', () => {
    expect(faultsOf(source, whole, 'de')).toEqual([]);
  });

  it.each([
    ['a missing text', without(', and more'), 'de: missing: , and more'],
    ['a stale text', { ...whole, 'Once there': 'Früher da' }, 'de: stale: Once there'],
    ['an empty text', { ...whole, ', and more': ' ' }, 'de: empty: , and more'],
    [
      'a placeholder that is gone',
      { ...whole, 'Delete {0} of {1}?': '{0} löschen?' },
      'de: differs in {0} {1}: Delete {0} of {1}?',
    ],
    [
      'a placeholder that is new',
      { ...whole, ', and more': ', und {0} mehr' },
      'de: differs in nothing fixed: , and more',
    ],
    [
      'a form of a plural without its number',
      { ...whole, '{0} runs': '{0} запуск|запуска|{0} запусков' },
      'de: differs in {0}: {0} runs',
    ],
    [
      'a link to another command',
      { ...whole, 'Sign in: [here](command:amlData.signIn)': '[hier](command:amlData.signOut)' },
      /^de: differs in \(command:amlData\.signIn\)/,
    ],
    [
      'a lost space',
      { ...whole, 'Delete {0} of {1}?': ' {0} von {1}?' },
      'de: differs in the space around it: Delete {0} of {1}?',
    ],
  ])('with %s is told', (_, translation, fault) => {
    expect(faultsOf(source, translation, 'de')).toEqual([
      typeof fault === 'string' ? fault : expect.stringMatching(fault),
    ]);
  });
});

describe('the name of a kind', () => {
  const kinds = kindsOf(
    [
      '# Terms',
      '## Kinds',
      '| English | de | es | fr | pt-br | ru | seen in |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| registry | Registrierung | registro | registre | registro do Azure ML | реестр | a.md |',
      '| container registry | Containerregistrierung | registro de contenedor | registre | registro de contêiner | реестр | a.md |',
      '| data asset | Datenressource | recurso de datos | ressource de données | ativo de dados | ресурс данных | a.md |',
      '| compute | Computeressource / Compute | recurso | calcul | computação | вычислительный ресурс | a.md |',
      '## Others',
      '| job | Auftrag | trabajo | travail | trabalho | задание | a.md |',
    ].join('\n'),
  );
  const faults = (english, text, language) => termFaultsOf(kinds, { key: english }, { key: text }, language);

  it.each([
    ['Archive Data Asset...', 'Datenressource archivieren...', 'de'],
    ['{0} data assets', '{0} ресурс данных|{0} ресурса данных|{0} ресурсов данных', 'ru'],
    ['Compute', 'Compute', 'de'],
    ['Delete Compute', 'Удалить вычислительные ресурсы', 'ru'],
    ['1 container registry', '1 registro de contêiner', 'pt-br'],
    ['The data asset is gone.', 'Es ist weg.', 'de'],
    ['job', 'Job', 'de'],
  ])('is good with the word of the glossary, or is none: %s', (english, text, language) => {
    expect(faults(english, text, language)).toEqual([]);
  });

  it.each([
    ['Archive Data Asset...', 'Datenobjekt archivieren...', 'de'],
    ['1 data asset', '1 activo de datos', 'es'],
    ['data assets', 'ressources', 'fr'],
    ['Registries', 'Registros', 'pt-br'],
    ['{0} container registries', '{0} registros', 'es'],
  ])('with another word is told: %s', (english, text, language) => {
    expect(faults(english, text, language)).toEqual([expect.stringContaining(`"${english}" lacks`)]);
  });

  it('is read from the glossary of the repository', async () => {
    const named = (await glossaryOf(process.cwd())).map(({ kind }) => kind);
    expect(named).toEqual(expect.arrayContaining(['run', 'data asset', 'datastore', 'workspace']));
    expect(named).not.toContain('job');
  });
});

describe('a literal', () => {
  it.each([
    ["window.showErrorMessage('It failed');", "'It failed'"],
    ['item.tooltip = `Run ${name}`;', '`Run ${name}`'],
    ["const a = { label: ok ? 'Yes' : t('No') };", "'Yes'"],
    ["button.textContent = 'Delete';", "'Delete'"],
    ["new vscode.TreeItem('Runs');", "'Runs'"],
    ["const b = { placeHolder: 'Type ' + name };", "'Type '"],
  ])('that is shown is found: %s', (code, text) => {
    expect(literalsIn(code, 'a.ts')).toEqual([`a.ts:1: ${text}`]);
  });

  it.each([
    "window.showErrorMessage(vscode.l10n.t('It failed'));",
    'const a = { label: `$(add) ${name}` };',
    "const b = { label: `$(${is ? 'check' : 'close'}) ${name}`, id: 'a.b' };",
    'item.description = name;',
    "const c = { placeHolder: '*.csv' };",
  ])('that is none of a person stays: %s', (code) => {
    expect(literalsIn(code, 'a.ts')).toEqual([]);
  });
});

describe("the sidecar's texts", () => {
  it('are read with their codes and holes', () => {
    const found = textsOf('throw new ProblemException("run.gone", $"The run {name} is gone. Refresh.");');
    expect(found.map(({ text, codes }) => [text, codes])).toEqual([['The run {0} is gone. Refresh.', ['run.gone']]]);
  });

  it('are whole sentences where the source chooses inside one', () => {
    const found = textsOf('Warn("a.b", $"{n} {(n == 1 ? "is" : "are")} gone.");').map(({ text }) => text);
    expect(found).toEqual(['{0} is gone.', '{0} are gone.']);
  });

  it('are not what is logged', () => {
    expect(textsOf('logger.LogInformation("A search ended {State}.", state);')).toEqual([]);
  });
});

it('the language of nobody keeps what no language may change', () => {
  expect(pseudoOf('Delete {0}: `a`')).toMatch(/^\[.*\{0\}.*`a`~+\]$/);
  expect(pseudoOf('Delete')).not.toContain('Delete');
});
