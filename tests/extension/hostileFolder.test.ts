import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describe, expect, it } from 'vitest';
import { Workspaces } from '../../extension/src/features/notebooks/workspaces';
import { Settings } from '../../extension/src/infrastructure/settings';
import { SubscriptionSelection } from '../../extension/src/infrastructure/subscriptionSelection';
import { server } from '../../extension/src/protocol/methods';
import { FakeClient } from './fakes/client';
import { FakeMemento } from './fakes/memento';
import { fake } from './fakes/vscode';

interface Setting {
  readonly scope?: string;
  readonly order?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly markdownDescription?: string;
}

interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: unknown; readonly restrictedConfigurations: readonly string[] };
    readonly virtualWorkspaces: { readonly supported: unknown };
  };
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, Setting>> } };
}

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(__dirname, '../../package.json'), 'utf8')) as Manifest;
}

describe('the settings in the manifest', () => {
  it('have a description, a default, a scope and an order of their own', async () => {
    const { contributes } = await readManifest();
    const settings = Object.values(contributes.configuration.properties);
    for (const setting of settings) {
      expect(setting.description ?? setting.markdownDescription).toMatch(/^%.+%$/);
      expect(setting).toHaveProperty('default');
      expect(['machine', 'application', 'window', 'resource']).toContain(setting.scope);
    }
    expect(settings.map(({ order }) => order).sort((a, b) => Number(a) - Number(b))).toEqual(
      settings.map((_, at) => at + 1),
    );
  });

  it('keep endpoints, sign-in and programs to the machine, and what weakens a question to the person', async () => {
    const { contributes } = await readManifest();
    for (const [name, { scope }] of Object.entries(contributes.configuration.properties)) {
      const [, group, leaf = ''] = name.split('.');
      if (['cloud', 'credential', 'sidecar'].includes(group ?? '') || /path$|endpoint|url$/i.test(leaf)) {
        expect([name, scope]).toEqual([name, 'machine']);
      }
      if (group === 'changes' || leaf === 'existingFiles') {
        expect([name, scope]).toEqual([name, 'application']);
      }
    }
  });

  it('are all left unheard in Restricted Mode, in which the extension works', async () => {
    const { capabilities, contributes } = await readManifest();
    expect(capabilities.untrustedWorkspaces.supported).toBe('limited');
    expect([...capabilities.untrustedWorkspaces.restrictedConfigurations].sort()).toEqual(
      Object.keys(contributes.configuration.properties).sort(),
    );
    expect(capabilities.virtualWorkspaces.supported).toBe('limited');
  });
});

describe("a folder's settings.json", () => {
  it('cannot redirect tokens, start a program, or take a question away', () => {
    const custom = { resourceManager: 'https://evil.example', storageSuffix: 'evil.example' };
    for (const [name, value] of Object.entries({
      'cloud.name': 'custom',
      'cloud.custom': custom,
      'credential.kind': 'environment',
      'credential.tenantId': 'evil',
      'credential.clientId': 'evil',
      'sidecar.path': '/folder/evil.mjs',
      'sidecar.dotnetPath': '/folder/dotnet',
      'download.existingFiles': 'replace',
      'changes.confirmation': 'click',
      'changes.typeNameAboveGiB': 1e9,
    })) {
      fake.folderSettings.set(`amlData.${name}`, value);
    }
    const settings = new Settings();
    expect(settings.cloud).toEqual({ name: 'public', custom: null });
    expect(settings.credential).toEqual({ kind: 'vsCode', tenantId: null, clientId: null });
    expect(settings.sidecarPath).toBeNull();
    expect(settings.dotnetPath).toBeNull();
    expect(settings.existingFiles).toBeNull();
    expect(settings.typeNames).toBe(true);
    expect(settings.typeNameAboveBytes).toBe(2 ** 30);
    fake.settings.set('amlData.cloud.name', 'china');
    expect(settings.cloud.name).toBe('china');
  });
});

describe("a folder's config.json", () => {
  const uri = vscode.Uri.file('/folder/a.py');

  function workspaces(client: FakeClient): Workspaces {
    client.answer(server.explorer.subscriptions, () => ({ subscriptions: [], problems: [] }));
    client.answer(server.notebook.workspace, () => ({ nodeId: 'evil', name: 'w', configPath: '/folder/config.json' }));
    const picker = { pick: () => Promise.resolve(undefined) };
    return new Workspaces(client, new SubscriptionSelection(new FakeMemento()), picker, new FakeMemento());
  }

  it('is not read in Restricted Mode: nothing is asked in its name', async () => {
    const client = new FakeClient();
    fake.isTrusted = false;
    expect(await workspaces(client).find(uri)).toBeUndefined();
    expect(client.calls).toEqual([]);
  });

  it('is read once the folder is trusted', async () => {
    const client = new FakeClient();
    const found = workspaces(client);
    fake.isTrusted = false;
    await found.find(uri);
    fake.isTrusted = true;
    expect((await found.find(uri))?.nodeId).toBe('evil');
  });
});
