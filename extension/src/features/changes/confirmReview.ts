import * as vscode from 'vscode';
import type { PlanReview } from '../../protocol/types';

/**
 * Asks for the confirmation that the ticked items demand; the click on the page's button is the lightest.
 * @returns what to start the plan with, null when it demands nothing; undefined when the person declined.
 */
export async function confirmReview(review: PlanReview): Promise<string | null | undefined> {
  switch (review.confirmation) {
    case 'none':
      return null;
    case 'click':
      return 'confirmed';
    case 'modal': {
      const picked = await vscode.window.showWarningMessage(
        review.question,
        { modal: true, detail: review.detail },
        review.button,
      );
      return picked === review.button ? 'confirmed' : undefined;
    }
    case 'typeName': {
      const wanted = review.confirmationText ?? '';
      const explain = vscode.l10n.t('Type "{0}" to confirm.', wanted);
      return vscode.window.showInputBox({
        title: review.question,
        placeHolder: wanted,
        prompt: [review.detail.replaceAll('\n', ' '), explain].filter((part) => part !== '').join(' '),
        ignoreFocusOut: true,
        validateInput: (value) => (value === wanted ? undefined : explain),
      });
    }
  }
}
