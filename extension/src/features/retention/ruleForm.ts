import * as vscode from 'vscode';
import type { ChangePlans } from '../../infrastructure/changePlans';
import type { NodePicking } from '../../infrastructure/nodePicking';
import { Problem } from '../../infrastructure/problem';
import { server } from '../../protocol/methods';
import type { BulkFilter, RetentionAction, RetentionRule, RetentionRules } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { actionDetail, actionText, retentionActions } from './ruleTexts';

const noConditions: BulkFilter = {
  olderThanDays: null,
  statuses: [],
  name: null,
  tag: null,
  createdBy: null,
  unreferenced: false,
  withoutModel: false,
};

type Switch = 'includeChildren' | 'includeVersionsAndSnapshots';

/** Refusals that another name mends. */
const namesAgain: ReadonlySet<string> = new Set(['retention.nameTaken', 'retention.badRule']);

/** Asks for a rule step by step: where, what is done, with which runs, what else, the name. */
export class RuleForm {
  constructor(
    private readonly sidecar: SidecarClient,
    private readonly plans: ChangePlans,
    private readonly picker: NodePicking,
  ) {}

  /** Makes a rule. @param nodeId where; null to ask. */
  async create(nodeId: string | null): Promise<void> {
    const title = vscode.l10n.t('New Retention Rule');
    const scope = nodeId ?? (await this.askScope(title));
    if (scope !== undefined) {
      await this.fill(title, scope, undefined);
    }
  }

  /** Changes a rule. */
  async edit(rule: RetentionRule): Promise<void> {
    await this.fill(vscode.l10n.t('Edit "{0}"', rule.name), rule.nodeId, rule);
  }

  private async askScope(title: string): Promise<string | undefined> {
    const picked = await this.picker.pick({
      title,
      actions: ['refresh'],
      kinds: ['experiments', 'experiment'],
      many: false,
      takeParent: () => vscode.l10n.t('All experiments of the workspace'),
    });
    return picked?.[0]?.id;
  }

  private async fill(title: string, nodeId: string, rule: RetentionRule | undefined): Promise<void> {
    const action = await askAction(title, rule?.action);
    const filter =
      action === undefined
        ? undefined
        : await this.plans.askRuns({
            title,
            filter: rule?.filter ?? noConditions,
            proceed: vscode.l10n.t('Go On'),
            leastDays: 1,
          });
    const switches = action === undefined || filter === undefined ? undefined : await askSwitches(title, action, rule);
    if (action === undefined || filter === undefined || switches === undefined) {
      return;
    }
    const proposal = rule?.name ?? `${actionText(action)}: ${this.plans.conditionsOf(filter).join(', ')}`.slice(0, 100);
    const saved = await this.save(title, proposal, {
      id: rule?.id ?? null,
      revision: rule?.revision ?? 0,
      nodeId,
      action,
      filter,
      ...switches,
    });
    if (saved !== undefined) {
      await this.offerPlan(saved);
    }
  }

  /** Asks for the name until the sidecar takes it. */
  private async save(
    title: string,
    proposal: string,
    rule: Omit<Parameters<typeof saveParams>[1], 'name'>,
  ): Promise<RetentionRule | undefined> {
    let refusal: string | undefined;
    for (let name: string | undefined = proposal; ;) {
      const refused: { name: string; message: string } | undefined =
        refusal === undefined ? undefined : { name, message: refusal };
      name = await vscode.window.showInputBox({
        title,
        prompt: refusal ?? vscode.l10n.t('Name of the Rule; Plans and Receipts Show It'),
        value: name,
        ignoreFocusOut: true,
        validateInput: (value) =>
          value.trim() === ''
            ? vscode.l10n.t('A rule needs a name.')
            : value === refused?.name
              ? refused.message
              : undefined,
      });
      if (name === undefined) {
        return undefined;
      }
      try {
        const { id, all } = await this.sidecar.request(server.retention.save, saveParams(name, rule));
        tellNotice(all);
        return all.rules.find((one) => one.id === id);
      } catch (error) {
        if (!(error instanceof Problem) || !namesAgain.has(error.code)) {
          throw error;
        }
        refusal = error.message;
      }
    }
  }

  private async offerPlan(rule: RetentionRule): Promise<void> {
    const show = vscode.l10n.t('Show What It Would Do');
    const picked = await vscode.window.showInformationMessage(
      vscode.l10n.t('The rule "{0}" is saved. It does nothing by itself.', rule.name),
      show,
    );
    if (picked === show) {
      await this.plans.openRule(rule);
    }
  }
}

/** Tells of a damaged file of rules. */
export function tellNotice(all: RetentionRules): void {
  if (all.notice !== null) {
    void vscode.window.showWarningMessage(all.notice);
  }
}

function saveParams(
  name: string,
  rule: {
    readonly id: string | null;
    readonly revision: number;
    readonly nodeId: string;
    readonly action: RetentionAction;
    readonly filter: BulkFilter;
    readonly includeChildren: boolean;
    readonly includeVersionsAndSnapshots: boolean;
  },
): typeof rule & { readonly name: string } {
  return { ...rule, name: name.trim() };
}

async function askAction(title: string, now: RetentionAction | undefined): Promise<RetentionAction | undefined> {
  const items = retentionActions.map((action) => ({
    label: actionText(action),
    description: action === now ? vscode.l10n.t('as it is') : '',
    detail: actionDetail(action),
    action,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('What is to be done with the runs that match'),
    ignoreFocusOut: true,
  });
  return picked?.action;
}

async function askSwitches(
  title: string,
  action: RetentionAction,
  rule: RetentionRule | undefined,
): Promise<Record<Switch, boolean> | undefined> {
  const takesData = action === 'deleteData' || action === 'deleteRunsAndData';
  const items: readonly (vscode.QuickPickItem & { readonly choice: Switch })[] = [
    {
      choice: 'includeChildren',
      label: vscode.l10n.t('Include child runs'),
      description: vscode.l10n.t('all steps of a pipeline, all trials of a sweep'),
      picked: rule?.includeChildren ?? true,
    },
    ...(takesData
      ? [
          {
            choice: 'includeVersionsAndSnapshots' as const,
            label: vscode.l10n.t('Also older versions and snapshots'),
            description: vscode.l10n.t('of these blobs, where the account keeps them'),
            picked: rule?.includeVersionsAndSnapshots ?? false,
          },
        ]
      : []),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Tick what else is meant'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  const has = (choice: Switch): boolean => picked?.some((item) => item.choice === choice) === true;
  return picked === undefined
    ? undefined
    : {
        includeChildren: has('includeChildren'),
        includeVersionsAndSnapshots: has('includeVersionsAndSnapshots'),
      };
}
