import * as vscode from 'vscode';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CopyPathCommand,
  CopyUriCommand,
  OpenFileCommand,
  RefreshFileCommand,
} from '../../extension/src/features/datastores/commands';
import { DatastoreFileSystem, timeOf } from '../../extension/src/features/datastores/fileSystem';
import { fileUriOf, nodeIdOf } from '../../extension/src/features/datastores/fileUri';
import { toTreeItem, ExplorerNode } from '../../extension/src/features/explorer/elements';
import type { NodePicking } from '../../extension/src/infrastructure/nodePicking';
import { server } from '../../extension/src/protocol/methods';
import type { FileReadParams, FileReadResult, FileStat, TreeNode } from '../../extension/src/protocol/types';
import { SidecarError } from '../../extension/src/sidecar/sidecarError';
import { FakeClient } from './fakes/client';
import { treeNode } from './fakes/data';
import { fake } from './fakes/vscode';

const stat: FileStat = { bytes: 10, modifiedUnixMs: 1_700_000_000_000, eTag: '"1"', maxBytes: 50 << 20 };

function file(path = 'ExperimentRun/dcid.r/user_logs/std_log.txt', more: Partial<TreeNode> = {}): TreeNode {
  return treeNode('AQ_-id', {
    kind: 'file',
    label: path.slice(path.lastIndexOf('/') + 1),
    expansion: 'none',
    actions: ['open', 'download', 'copyPath', 'copyUri'],
    resource: {
      name: path,
      resourceId: null,
      studioUrl: null,
      bytes: 10,
      isArchived: false,
      dataUri: `azureml://x/${path}`,
      portalUrl: null,
    },
    ...more,
  });
}

let client: FakeClient;
let files: DatastoreFileSystem;
let content: Buffer;
let parts: FileReadParams[];

/** Gives three bytes at a time, whatever is asked for. */
function part(params: FileReadParams): FileReadResult {
  parts.push(params);
  return {
    data: content.subarray(params.offset, params.offset + 3).toString('base64'),
    stat: { ...stat, bytes: content.length },
  };
}

beforeEach(() => {
  client = new FakeClient();
  files = new DatastoreFileSystem(client);
  content = Buffer.from('0123456789');
  parts = [];
  client.answer(server.datastores.stat, () => stat);
  client.answer(server.datastores.read, part);
});

describe('a file in the editor', () => {
  it('has its place and name in its address, and its node for the sidecar', () => {
    const uri = fileUriOf(file());
    expect([uri.scheme, uri.path]).toEqual(['amldata', '/ExperimentRun/dcid.r/user_logs/std_log.txt']);
    expect(nodeIdOf(uri)).toBe('AQ_-id');
    expect(nodeIdOf(vscode.Uri.parse('file:///x'))).toBeUndefined();
  });

  it('is read in parts of one version', async () => {
    const bytes = await files.readFile(fileUriOf(file()));
    expect(Buffer.from(bytes).toString()).toBe('0123456789');
    expect(parts.map(({ offset, eTag }) => [offset, eTag])).toEqual([
      [0, null],
      [3, '"1"'],
      [6, '"1"'],
      [9, '"1"'],
    ]);
  });

  it('may be empty', async () => {
    content = Buffer.alloc(0);
    expect(await files.readFile(fileUriOf(file()))).toHaveLength(0);
    expect(parts).toHaveLength(1);
  });

  it('is read from the beginning when it was written to meanwhile, but not for ever', async () => {
    let changes = 0;
    client.answer(server.datastores.read, (params) => {
      if (params.offset > 0 && changes++ < 2) {
        content = Buffer.from('abcdef');
        throw new SidecarError('changed', { code: 'file.changed' });
      }
      return part(params);
    });
    expect(Buffer.from(await files.readFile(fileUriOf(file()))).toString()).toBe('abcdef');
    client.answer(server.datastores.read, () => {
      throw new SidecarError('still being written', { code: 'file.changed' });
    });
    await expect(files.readFile(fileUriOf(file()))).rejects.toThrow('still being written');
  });

  it('that shrinks while it is read is an error and no endless loop', async () => {
    client.answer(server.datastores.read, () => ({ data: '', stat }));
    await expect(files.readFile(fileUriOf(file()))).rejects.toThrow('ended before');
  });

  it('is no longer read once it is closed', async () => {
    let token: vscode.CancellationToken | undefined;
    client.answer(server.datastores.read, (_, given) => {
      token = given;
      return new Promise(() => undefined);
    });
    const reading = files.readFile(fileUriOf(file()));
    await Promise.resolve();
    files.cancel(fileUriOf(file()));
    await expect(reading).rejects.toBeInstanceOf(vscode.CancellationError);
    expect(token?.isCancellationRequested).toBe(true);
  });

  it('cannot be written, and a folder made up from its address is not there', async () => {
    expect(() => {
      files.writeFile(fileUriOf(file()));
    }).toThrow();
    await expect(files.stat(vscode.Uri.from({ scheme: 'amldata', path: '/ExperimentRun' }))).rejects.toThrow();
  });

  it('has another time for another version, even within a second', () => {
    expect(timeOf(stat)).not.toBe(timeOf({ ...stat, eTag: '"2"' }));
    expect(timeOf(stat)).toBe(timeOf({ ...stat }));
    expect(Math.floor(timeOf(stat) / 1000)).toBe(1_700_000_000);
  });

  it('is told to be read anew by Refresh', () => {
    const told: string[] = [];
    files.onDidChangeFile((events) => told.push(...events.map(({ uri }) => uri.toString())));
    new RefreshFileCommand(files).execute(fileUriOf(file()));
    new RefreshFileCommand(files).execute(vscode.Uri.parse('file:///x'));
    expect(told).toEqual([fileUriOf(file()).toString()]);
  });
});

describe('Open', () => {
  const nothing: NodePicking = { pick: () => Promise.resolve(undefined) };

  it('is what a click on a file does', () => {
    const element = new ExplorerNode(file(), undefined);
    expect(toTreeItem(element).command?.command).toBe('amlData.datastores.openFile');
    expect(toTreeItem(new ExplorerNode(treeNode('run'), undefined)).command).toBeUndefined();
  });

  it('opens the file', async () => {
    await new OpenFileCommand(client, files, nothing).execute({ node: file() });
    const [opened] = fake.executed;
    expect(opened?.command).toBe('vscode.open');
    expect(String(opened?.args[0])).toBe(fileUriOf(file()).toString());
  });

  it('offers the download of what is too large', async () => {
    client.answer(server.datastores.stat, () => ({ ...stat, bytes: 51 << 20 }));
    fake.press = ['Download...'];
    await new OpenFileCommand(client, files, nothing).execute({ node: file() });
    expect(fake.shown[0]?.message).toContain('std_log.txt has 51 MB; files up to 50 MB');
    expect(fake.executed.map(({ command }) => command)).toEqual(['amlData.operations.download']);
  });

  it('from the palette asks which file', async () => {
    const goals: unknown[] = [];
    const picker: NodePicking = {
      pick: (goal) => {
        goals.push(goal);
        return Promise.resolve([file('a.json')]);
      },
    };
    await new OpenFileCommand(client, files, picker).execute();
    expect(goals).toEqual([expect.objectContaining({ actions: ['open'], kinds: ['file'] })]);
    expect(fake.executed[0]?.command).toBe('vscode.open');
  });
});

describe('copying', () => {
  it('gives paths and addresses, one a line', async () => {
    const [one, two] = [file('a/one.txt'), { ...file('a/two.txt'), id: 'two' }];
    await new CopyPathCommand().execute({ node: one }, [{ node: one }, { node: two }]);
    expect(fake.clipboard).toBe('a/one.txt\na/two.txt');
    await new CopyUriCommand().execute({ node: one });
    expect(fake.clipboard).toBe('azureml://x/a/one.txt');
  });
});
