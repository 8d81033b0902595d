import * as vscode from 'vscode';
import type { RunFilter, TreeNode } from '../../protocol/types';
import type { Handles } from './handles';
import { prepared } from './prepared';
import { ToolInput, ToolInputError } from './toolInput';
import { listResult } from './toolResult';
import type { PageRequest, TreeReader } from './treeReader';

const usual = 20;
const most = 50;
/** Experiments looked into when none is named. */
const experimentsTried = 10;
/** Pages of experiments looked through for one that is named. */
const pagesTried = 20;

/** Runs of a workspace, by what the filter of the tree knows. */
export class FindRunsTool implements vscode.LanguageModelTool<unknown> {
  constructor(
    private readonly tree: TreeReader,
    private readonly handles: Handles,
  ) {}

  prepareInvocation(): vscode.PreparedToolInvocation {
    return prepared(
      vscode.l10n.t('Looking for runs in Azure ML'),
      vscode.l10n.t('Look for runs in Azure ML?'),
      vscode.l10n.t('The chat is given their names, states, authors and times.'),
    );
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<unknown>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const given = new ToolInput(input, [
      ...['workspace', 'experiment', 'name', 'statuses', 'createdBy', 'tag', 'includeArchived', 'limit', 'page'],
    ]);
    const limit = given.count('limit', usual, most);
    const page = given.text('page');
    if (page !== null) {
      return this.read('runs', { ...this.handles.requestOf('runs', page), pageSize: limit }, {}, token);
    }
    const workspace = await this.tree.workspace(given.text('workspace'), token);
    const experiments = await this.tree.group(workspace, 'experiments', token);
    const includeArchived = given.flag('includeArchived');
    const filter: RunFilter = {
      name: given.text('name'),
      statuses: [...given.texts('statuses', 20)],
      createdBy: given.text('createdBy'),
      tag: given.text('tag'),
    };
    const of = (nodeId: string): PageRequest => ({
      nodeId,
      pageToken: null,
      pageSize: limit,
      filter,
      includeArchived,
    });
    const named = given.text('experiment');
    if (named !== null) {
      const experiment = await this.experiment(experiments, named, includeArchived, token);
      const where = { workspace: workspace.label, experiment: experiment.label };
      return this.read('runs', of(experiment.id), where, token);
    }
    const first = await this.tree.page(
      { nodeId: experiments.id, pageToken: null, pageSize: experimentsTried, filter: null, includeArchived },
      token,
    );
    const found: TreeNode[] = [];
    let complete = first.nextPageToken === null;
    for (const experiment of first.nodes.filter(({ kind }) => kind === 'experiment')) {
      if (found.length >= limit) {
        complete = false;
        break;
      }
      const { nodes, nextPageToken } = await this.tree.page(of(experiment.id), token);
      const runs = nodes.filter(({ kind }) => kind !== 'notice');
      complete &&= nextPageToken === null && found.length + runs.length <= limit;
      found.push(...runs.slice(0, limit - found.length));
    }
    const notes = complete
      ? []
      : [
          `There are more: at most ${limit} runs of the first ${experimentsTried} experiments are shown. Name an experiment, or narrow the search.`,
        ];
    const problems = first.nodes.filter(({ kind }) => kind === 'error');
    return listResult(this.handles, [...found, ...problems], { workspace: workspace.label }, null, notes);
  }

  private async experiment(
    group: TreeNode,
    named: string,
    includeArchived: boolean,
    token: vscode.CancellationToken,
  ): Promise<TreeNode> {
    const seen: string[] = [];
    let pageToken: string | null = null;
    for (let page = 0; page < pagesTried; page++) {
      const { nodes, nextPageToken }: { nodes: TreeNode[]; nextPageToken: string | null } = await this.tree.page(
        { nodeId: group.id, pageToken, pageSize: 100, filter: null, includeArchived },
        token,
      );
      const found = nodes.find(
        ({ kind, label }) => kind === 'experiment' && label.toLowerCase() === named.toLowerCase(),
      );
      if (found !== undefined) {
        return found;
      }
      seen.push(...nodes.filter(({ kind }) => kind === 'experiment').map(({ label }) => JSON.stringify(label)));
      if (nextPageToken === null) {
        break;
      }
      pageToken = nextPageToken;
    }
    throw new ToolInputError(`There is no experiment of that name. There are: ${seen.slice(0, usual).join(', ')}.`);
  }

  private read(
    of: string,
    request: PageRequest,
    where: Readonly<Record<string, string>>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    return readPage(this.tree, this.handles, of, request, where, token);
  }
}

/** Models of a workspace, or the versions of one. */
export class ListModelsTool implements vscode.LanguageModelTool<unknown> {
  constructor(
    private readonly tree: TreeReader,
    private readonly handles: Handles,
  ) {}

  prepareInvocation(): vscode.PreparedToolInvocation {
    return prepared(
      vscode.l10n.t('Listing models in Azure ML'),
      vscode.l10n.t('List models in Azure ML?'),
      vscode.l10n.t('The chat is given their names, versions, authors and times.'),
    );
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<unknown>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const given = new ToolInput(input, ['workspace', 'name', 'versionsOf', 'includeArchived', 'limit', 'page']);
    const pageSize = given.count('limit', usual, most);
    const page = given.text('page');
    if (page !== null) {
      const request = { ...this.handles.requestOf('models', page), pageSize };
      return readPage(this.tree, this.handles, 'models', request, {}, token);
    }
    const includeArchived = given.flag('includeArchived');
    const versionsOf = given.text('versionsOf');
    if (versionsOf !== null) {
      const model = this.handles.nodeOf(versionsOf);
      if (model.kind !== 'model') {
        throw new ToolInputError('"versionsOf" must be the id of a model that this tool gave.');
      }
      const request = { nodeId: model.id, pageToken: null, pageSize, filter: null, includeArchived };
      return readPage(this.tree, this.handles, 'models', request, { model: model.label }, token);
    }
    const workspace = await this.tree.workspace(given.text('workspace'), token);
    const group = await this.tree.group(workspace, 'models', token);
    const name = given.text('name');
    const filter = name === null ? null : { name, statuses: [], createdBy: null, tag: null };
    const request = { nodeId: group.id, pageToken: null, pageSize, filter, includeArchived };
    return readPage(this.tree, this.handles, 'models', request, { workspace: workspace.label }, token);
  }
}

async function readPage(
  tree: TreeReader,
  handles: Handles,
  of: string,
  request: PageRequest,
  where: Readonly<Record<string, string>>,
  token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
  const { nodes, nextPageToken } = await tree.page(request, token);
  const next = nextPageToken === null ? null : handles.pageOf(of, { ...request, pageToken: nextPageToken });
  const notes = nodes.length > most ? [`Only the first ${most} of ${nodes.length} are shown.`] : [];
  return listResult(handles, nodes.slice(0, most), where, next, notes);
}
