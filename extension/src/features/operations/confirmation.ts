import * as vscode from 'vscode';
import type { PlanResult } from '../../protocol/types';

/**
 * Asks for the confirmation a plan demands.
 * @returns what to start it with, null when it demands nothing; undefined when the person declined.
 */
export async function confirmPlan(plan: PlanResult): Promise<string | null | undefined> {
  const detail = [...plan.warnings.map((warning) => warning.message), ...plan.survivors].join('\n');
  switch (plan.confirmation) {
    case 'none':
      return null;
    case 'click':
    case 'modal': {
      const go = vscode.l10n.t('Continue');
      const picked = await vscode.window.showWarningMessage(plan.title, { modal: true, detail }, go);
      return picked === go ? 'confirmed' : undefined;
    }
    case 'typeName': {
      const wanted = plan.confirmationText ?? '';
      return vscode.window.showInputBox({
        title: plan.title,
        prompt: [detail, vscode.l10n.t('Type "{0}" to confirm.', wanted)].filter((part) => part !== '').join('\n'),
        ignoreFocusOut: true,
        validateInput: (value) => (value === wanted ? undefined : vscode.l10n.t('Type "{0}" to confirm.', wanted)),
      });
    }
  }
}
