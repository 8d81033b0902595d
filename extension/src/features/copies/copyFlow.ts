import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { formatFiles } from '../../infrastructure/format';
import type { NodeExport } from '../../infrastructure/nodeExport';
import type { OperationList } from '../../infrastructure/operationList';
import { Problem } from '../../infrastructure/problem';
import { server } from '../../protocol/methods';
import type { ExistingFiles, ExportOptions, OperationSummary, PlanResult, TreeNode } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { CopyCard } from './copyCard';
import type { CopyTarget, CopyTargets } from './copyTargets';

const plain: ExportOptions = {
  includeChildren: false,
  logsOnly: false,
  namedOutputs: false,
  fullRecord: false,
  include: [],
  exclude: [],
};

/** From nodes to a running copy: target, plan, start. Closing any of the questions ends it without a trace. */
export class CopyFlow {
  constructor(
    private readonly sidecar: SidecarClient,
    private readonly targets: CopyTargets,
    private readonly operations: OperationList,
    private readonly exports: NodeExport,
  ) {}

  /** @returns whether a copy was started. */
  async run(title: string, nodes: readonly TreeNode[]): Promise<boolean> {
    let options = plain;
    let target = await this.targets.ask(title);
    let plan: PlanResult | undefined;
    while (target !== undefined) {
      const card = new CopyCard(title);
      try {
        plan ??= await this.plan(card, nodes, target, options);
        const decision = await card.decide(plan, {
          namedOutputs: !options.namedOutputs && nodes.some((node) => node.kind === 'run'),
        });
        card.dispose();
        switch (decision?.kind) {
          case undefined:
            return false;
          case 'target':
            target = await this.targets.ask(title);
            plan = undefined;
            break;
          case 'includeChildren':
            options = { ...options, includeChildren: true };
            plan = undefined;
            break;
          case 'namedOutputs':
            options = { ...options, namedOutputs: true };
            plan = undefined;
            break;
          case 'showFiles':
            await this.exports.showFiles(plan);
            break;
          case 'copy':
            if (await this.start(plan, target, decision.existing)) {
              return true;
            }
            break;
        }
      } catch (error) {
        // A target that will not do: another one is asked for, with the reason above the list.
        if (plan === undefined && error instanceof Problem && error.code.startsWith('copy.')) {
          card.dispose();
          target = await this.targets.ask(title, error.message);
          continue;
        }
        throw error;
      } finally {
        card.dispose();
      }
    }
    return false;
  }

  private async plan(
    card: CopyCard,
    nodes: readonly TreeNode[],
    target: CopyTarget,
    options: ExportOptions,
  ): Promise<PlanResult> {
    const progressToken = randomUUID();
    card.showProgress();
    const progress = this.sidecar.onProgress(server.operations.planProgress, progressToken, (value) => {
      card.showProgress(value);
    });
    try {
      return await this.sidecar.request(
        server.operations.plan,
        {
          verb: 'copy',
          nodeIds: nodes.map((node) => node.id),
          export: options,
          change: null,
          filter: null,
          operationId: null,
          progressToken,
          copy: target.to,
        },
        card.token,
      );
    } finally {
      progress.dispose();
    }
  }

  private async start(plan: PlanResult, target: CopyTarget, existing: ExistingFiles): Promise<boolean> {
    const confirmation = existing === 'replace' ? await confirmReplacing(plan) : null;
    if (confirmation === undefined) {
      return false;
    }
    const { operation } = await this.sidecar.request(server.operations.start, {
      planId: plan.planId,
      confirmation,
      destination: { folder: '', existing, format: 'folder' },
      toggled: [],
    });
    await this.tell(operation, target);
    return true;
  }

  private async tell(operation: OperationSummary, target: CopyTarget): Promise<void> {
    this.operations.put(operation);
    await this.targets.use(target);
    await this.operations.show();
  }
}

async function confirmReplacing(plan: PlanResult): Promise<string | undefined> {
  const replace = vscode.l10n.t('Replace');
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('Replace {0} in {1}?', formatFiles(plan.copy?.different ?? 0), plan.copy?.target ?? ''),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Each is replaced at once by its whole copy. What was there is gone, unless the storage account keeps versions or deleted blobs.',
      ),
    },
    replace,
  );
  return picked === replace ? 'confirmed' : undefined;
}
