import { ResponseError } from 'vscode-jsonrpc/node';
import * as vscode from 'vscode';
import type { ErrorData, TokenParams, TokenResult } from '../../protocol/types';
import type { MicrosoftAccount } from './microsoftAccount';

/** Codes from -32099 to -32000 are free for applications. */
const applicationError = -32000;

/** Answers `credential/token`: never with a question to the person, who may not have asked for anything. */
export async function answerTokenRequest(account: MicrosoftAccount, request: TokenParams): Promise<TokenResult> {
  const session = await account.answer(request);
  if (session === undefined) {
    throw new ResponseError<ErrorData>(
      applicationError,
      request.claims === null
        ? vscode.l10n.t('Sign in to Azure to go on.')
        : vscode.l10n.t('Your organization asks for an additional sign-in step.'),
      {
        code: 'auth.signInRequired',
        retryable: true,
        correlationId: null,
        target: request.tenantId,
        actions: ['signIn'],
      },
    );
  }
  return { token: session.accessToken, expiresOn: null, accountLabel: session.account.label };
}
