import * as vscode from 'vscode';
import type { DeletionShowing, ExportShowing } from '../../infrastructure/shownPlans';
import type { NodeAction, TreeNode } from '../../protocol/types';
import type { Handles } from './handles';
import { prepared } from './prepared';
import { ToolInput, ToolInputError } from './toolInput';
import { planResult } from './toolResult';

const most = 50;

/** Opens the plan of a download. The person chooses the folder there, or closes it. */
export class PlanExportTool implements vscode.LanguageModelTool<unknown> {
  constructor(
    private readonly handles: Handles,
    private readonly exports: ExportShowing,
    private readonly onError: (error: unknown) => void,
  ) {}

  prepareInvocation(): vscode.PreparedToolInvocation {
    return prepared(
      vscode.l10n.t('Planning a download from Azure ML'),
      vscode.l10n.t('Plan a download from Azure ML?'),
      vscode.l10n.t('The plan opens in VS Code. Nothing is downloaded until you choose a folder there.'),
    );
  }

  async invoke({ input }: vscode.LanguageModelToolInvocationOptions<unknown>): Promise<vscode.LanguageModelToolResult> {
    const given = new ToolInput(input, ['ids', 'includeChildRuns', 'includeNamedOutputs']);
    const nodes = nodesOf(given, this.handles, ['download', 'downloadRun'], 'downloaded');
    const plan = await this.exports.showExport({
      title: vscode.l10n.t('Download'),
      nodeIds: nodes.map(({ id }) => id),
      includeChildren: given.flag('includeChildRuns'),
      namedOutputs: given.flag('includeNamedOutputs'),
      note: vscode.l10n.t('A chat asked for this. Choose a folder, or press Escape.'),
      onError: this.onError,
    });
    return planResult(plan);
  }
}

/** Opens the page with the plan of a deletion. The person confirms it there, or closes it. */
export class PlanDeletionTool implements vscode.LanguageModelTool<unknown> {
  constructor(
    private readonly handles: Handles,
    private readonly deletions: DeletionShowing,
  ) {}

  prepareInvocation(): vscode.PreparedToolInvocation {
    return prepared(
      vscode.l10n.t('Planning a deletion in Azure ML'),
      vscode.l10n.t('Plan a deletion in Azure ML?'),
      vscode.l10n.t('The plan opens in VS Code. Nothing is deleted until you confirm it there.'),
    );
  }

  async invoke({ input }: vscode.LanguageModelToolInvocationOptions<unknown>): Promise<vscode.LanguageModelToolResult> {
    const given = new ToolInput(input, ['ids', 'includeData', 'includeChildRuns']);
    const nodes = nodesOf(given, this.handles, ['delete'], 'deleted');
    const plan = await this.deletions.showDeletion(vscode.l10n.t('Delete'), nodes, {
      includeData: given.flag('includeData'),
      includeChildren: given.flag('includeChildRuns'),
    });
    return planResult(plan);
  }
}

function nodesOf(
  given: ToolInput,
  handles: Handles,
  actions: readonly NodeAction[],
  done: string,
): readonly TreeNode[] {
  const ids = [...new Set(given.texts('ids', most))];
  if (ids.length === 0) {
    throw new ToolInputError(
      '"ids" must name at least one run or model that amlData_findRuns or amlData_listModels gave.',
    );
  }
  return ids.map((id) => {
    const node = handles.nodeOf(id);
    if (!actions.some((action) => node.actions.includes(action))) {
      throw new ToolInputError(`${id} cannot be ${done}. Leave it out.`);
    }
    return node;
  });
}
