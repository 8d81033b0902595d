import * as vscode from 'vscode';
import type { ChangePlans } from '../../infrastructure/changePlans';
import type { Command } from '../../infrastructure/command';
import { nodeOf } from '../../infrastructure/nodeHandle';
import { server } from '../../protocol/methods';
import type { RetentionRule } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { type RuleForm, tellNotice } from './ruleForm';
import { actionText, scopeText } from './ruleTexts';

/** "New Retention Rule...": for the workspace or experiment it was invoked on, or for one that is picked. */
export class NewRuleCommand implements Command {
  readonly id = 'amlData.retention.newRule';

  constructor(private readonly form: RuleForm) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    await this.form.create(nodeOf(args)?.id ?? null);
  }
}

/** "Retention Rules...": a list; from it what a rule would do now, its changes, its end. */
export class RulesCommand implements Command {
  readonly id = 'amlData.retention.rules';

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly plans: ChangePlans,
    private readonly form: RuleForm,
  ) {}

  async execute(): Promise<void> {
    const all = await this.sidecar.request(server.retention.rules, {});
    tellNotice(all);
    const rule = await this.pick(all.rules);
    if (rule === null) {
      await this.form.create(null);
    } else if (rule !== undefined) {
      await this.pickDeed(rule);
    }
  }

  /** @returns null for a new one; undefined when the person backed out. */
  private async pick(rules: readonly RetentionRule[]): Promise<RetentionRule | null | undefined> {
    const items: readonly (vscode.QuickPickItem & { readonly rule: RetentionRule | null })[] = [
      ...rules.map((rule) => ({
        label: `$(${rule.problem === null ? 'history' : 'warning'}) ${rule.name}`,
        description: scopeText(rule),
        detail: rule.problem ?? `${actionText(rule.action)}: ${this.plans.conditionsOf(rule.filter).join(', ')}`,
        rule,
      })),
      { label: `$(add) ${vscode.l10n.t('New Rule...')}`, rule: null, alwaysShow: true },
    ];
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Retention Rules'),
      placeHolder:
        rules.length === 0
          ? vscode.l10n.t('There is no rule yet')
          : vscode.l10n.t('A rule does nothing by itself; choose one to see what it would do'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return picked === undefined ? undefined : picked.rule;
  }

  private async pickDeed(rule: RetentionRule): Promise<void> {
    const deeds = [
      {
        label: `$(eye) ${vscode.l10n.t('Show What It Would Do')}`,
        description: vscode.l10n.t('the plan, to look at and to start'),
        run: () => this.plans.openRule(rule),
      },
      { label: `$(edit) ${vscode.l10n.t('Edit...')}`, run: () => this.form.edit(rule) },
      { label: `$(trash) ${vscode.l10n.t('Remove...')}`, run: () => this.remove(rule) },
    ];
    const picked = await vscode.window.showQuickPick(deeds, {
      title: rule.name,
      placeHolder: `${scopeText(rule)} - ${actionText(rule.action)}: ${this.plans.conditionsOf(rule.filter).join(', ')}`,
    });
    await picked?.run();
  }

  private async remove(rule: RetentionRule): Promise<void> {
    const remove = vscode.l10n.t('Remove');
    const picked = await vscode.window.showWarningMessage(
      vscode.l10n.t('Remove the rule "{0}"?', rule.name),
      { modal: true, detail: vscode.l10n.t('What was done by it stays done. No run is touched.') },
      remove,
    );
    if (picked === remove) {
      tellNotice(await this.sidecar.request(server.retention.remove, { ruleId: rule.id }));
    }
  }
}
