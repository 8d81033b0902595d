import * as vscode from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { accountOf } from '../../extension/src/features/signIn/clouds';
import { showDeviceCode } from '../../extension/src/features/signIn/deviceCode';
import { MicrosoftAccount } from '../../extension/src/features/signIn/microsoftAccount';
import { answerTokenRequest } from '../../extension/src/features/signIn/tokenHandler';
import { Settings } from '../../extension/src/infrastructure/settings';
import type { CustomCloud, TokenParams } from '../../extension/src/protocol/types';
import { FakeLog } from './fakes/log';
import { fake, type FakeSession } from './fakes/vscode';

const scope = 'https://management.azure.com/.default';
const request: TokenParams = { scopes: [scope], tenantId: null, claims: null };
const session: FakeSession = { accessToken: 'token-1', account: { label: 'ada@example.com' } };
const getSession = vi.fn<typeof fake.getSession>();
let account: MicrosoftAccount;

beforeEach(() => {
  getSession.mockReset().mockResolvedValue(undefined);
  fake.getSession = getSession;
  account = new MicrosoftAccount(new Settings(), new FakeLog().channel);
});

/** Nobody is signed in until the person is asked. */
function signsInWhenAsked(): void {
  let signedIn = false;
  getSession.mockImplementation((_provider, _scopes, options) => {
    signedIn ||= options.silent !== true;
    return Promise.resolve(signedIn ? session : undefined);
  });
}

describe('a request for a token', () => {
  it('is answered silently, with the tenant as a scope', async () => {
    getSession.mockResolvedValue(session);
    expect(await answerTokenRequest(account, { ...request, tenantId: 't1' })).toEqual({
      token: 'token-1',
      expiresOn: null,
      accountLabel: 'ada@example.com',
    });
    expect(getSession).toHaveBeenCalledExactlyOnceWith('microsoft', [scope, 'VSCODE_TENANT:t1'], { silent: true });
  });

  it('takes the tenant of the settings when it names none', async () => {
    fake.settings.set('amlData.credential.tenantId', 'mine');
    getSession.mockResolvedValue(session);
    await answerTokenRequest(account, request);
    expect(getSession.mock.calls[0]?.[1]).toEqual([scope, 'VSCODE_TENANT:mine']);
  });

  it('never asks the person, but says that a sign-in is wanted', async () => {
    await expect(answerTokenRequest(account, request)).rejects.toMatchObject({
      data: { code: 'auth.signInRequired', actions: ['signIn'] },
    });
    expect(getSession.mock.calls.every(([, , options]) => options.silent === true)).toBe(true);
  });

  it('passes a step-up challenge on as a service would send it', async () => {
    getSession.mockResolvedValue(session);
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    await answerTokenRequest(account, { ...request, claims });
    expect(getSession).toHaveBeenCalledExactlyOnceWith(
      'microsoft',
      {
        wwwAuthenticate: `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`,
        fallbackScopes: [scope],
      },
      { silent: true },
    );
  });
});

describe('signing in', () => {
  it('asks for Resource Manager when nothing else is wanted', async () => {
    getSession.mockResolvedValue(session);
    await account.signIn(false);
    expect(getSession).toHaveBeenCalledExactlyOnceWith('microsoft', [scope], { createIfNone: true });
  });

  it('asks for what the sidecar wanted in vain, once where one answer serves all, and tells of it', async () => {
    signsInWhenAsked();
    const changed = vi.fn();
    account.onDidChange(changed);
    await account.answer({ ...request, tenantId: 't1' });
    await account.answer({ ...request, tenantId: 't2' });
    await account.signIn(false);
    const asked = getSession.mock.calls.filter(([, , options]) => options.silent !== true);
    expect(asked).toEqual([['microsoft', [scope, 'VSCODE_TENANT:t1'], { createIfNone: true }]]);
    expect(changed).toHaveBeenCalledOnce();
  });

  it('is told once, although the provider tells of a new session too', async () => {
    const changed = vi.fn();
    account.onDidChange(changed);
    getSession.mockImplementation((provider) => {
      fake.sessions.fire({ provider: { id: provider } });
      return Promise.resolve(session);
    });
    await account.signIn(false);
    expect(changed).toHaveBeenCalledOnce();
  });

  it('forgets what was wanted once it is there', async () => {
    await account.answer({ ...request, tenantId: 't1' });
    getSession.mockResolvedValue(session);
    await account.answer({ ...request, tenantId: 't1' });
    getSession.mockClear();
    await account.signIn(false);
    expect(getSession.mock.calls).toEqual([['microsoft', [scope], { createIfNone: true }]]);
  });

  it('lets the person choose another account', async () => {
    getSession.mockResolvedValue(session);
    await account.signIn(true);
    expect(getSession).toHaveBeenCalledWith('microsoft', [scope], { createIfNone: true, clearSessionPreference: true });
  });

  it.each(['User did not consent to login.', 'Cancelled'])('is silent when the person declines: %s', async (text) => {
    getSession.mockRejectedValue(new Error(text));
    await expect(account.signIn(false)).rejects.toBeInstanceOf(vscode.CancellationError);
  });

  it('passes on what else goes wrong', async () => {
    getSession.mockRejectedValue(new Error('AADSTS700016'));
    await expect(account.signIn(false)).rejects.toThrow('AADSTS700016');
  });

  it('meets a challenge by a new session where the provider takes no challenges, and uses it from then on', async () => {
    const claims = '{"c":1}';
    getSession.mockImplementation((_provider, scopes, options) =>
      Array.isArray(scopes)
        ? Promise.resolve(options.silent === true || options.forceNewSession !== undefined ? session : undefined)
        : Promise.reject(new Error('The authentication provider does not support challenges.')),
    );
    await expect(answerTokenRequest(account, { ...request, claims })).rejects.toMatchObject({
      data: { code: 'auth.signInRequired' },
    });
    await account.signIn(false);
    expect(getSession.mock.calls.at(-1)?.[2]).toMatchObject({
      forceNewSession: { detail: expect.any(String) as string },
    });
    expect(await answerTokenRequest(account, { ...request, claims })).toMatchObject({ token: 'token-1' });
  });

  it('tells the sovereign provider which cloud is meant', async () => {
    fake.settings.set('amlData.cloud.name', 'china');
    getSession.mockResolvedValue(session);
    await account.signIn(false);
    expect(fake.settings.get('microsoft-sovereign-cloud.environment')).toBe('ChinaCloud');
    expect(getSession.mock.calls[0]?.slice(0, 2)).toEqual([
      'microsoft-sovereign-cloud',
      ['https://management.chinacloudapi.cn/.default'],
    ]);
  });
});

describe('the state', () => {
  it('is signed in when a token can be had silently', async () => {
    expect(await account.isSignedIn()).toBe(false);
    getSession.mockResolvedValue(session);
    expect(await account.isSignedIn()).toBe(true);
  });

  it('is left to the sidecar when it signs in itself', async () => {
    fake.settings.set('amlData.credential.kind', 'azureCli');
    expect(await account.isSignedIn()).toBe(true);
    expect(getSession).not.toHaveBeenCalled();
  });

  it('changes with the accounts of its own provider only', () => {
    const changed = vi.fn();
    account.onDidChange(changed);
    fake.sessions.fire({ provider: { id: 'github' } });
    expect(changed).not.toHaveBeenCalled();
    fake.sessions.fire({ provider: { id: 'microsoft' } });
    expect(changed).toHaveBeenCalledOnce();
  });
});

describe('the account of a cloud', () => {
  const custom: CustomCloud = {
    resourceManager: 'https://management.local:8443/',
    authorityHost: null,
    resourceManagerAudience: null,
    dataPlaneAudience: null,
    storageAudience: null,
    storageSuffix: 'local',
    dataPlaneSuffixes: [],
    caCertificatePath: null,
    portalUrl: null,
    azurePortalUrl: null,
  };

  it('is the Microsoft account, or the sovereign one', () => {
    expect(accountOf({ name: 'public', custom: null }, 'ChinaCloud').providerId).toBe('microsoft');
    expect(accountOf({ name: 'usGovernment', custom: null }, '')).toMatchObject({
      providerId: 'microsoft-sovereign-cloud',
      environment: 'USGovernment',
    });
  });

  it("asks a custom cloud's own audience", () => {
    expect(accountOf({ name: 'custom', custom }, '')).toEqual({
      providerId: 'microsoft',
      environment: null,
      managementScope: 'https://management.local:8443/.default',
    });
    expect(
      accountOf({ name: 'custom', custom: { ...custom, resourceManagerAudience: 'https://arm' } }, 'custom'),
    ).toEqual({
      providerId: 'microsoft-sovereign-cloud',
      environment: 'custom',
      managementScope: 'https://arm/.default',
    });
  });
});

describe('a device code', () => {
  it('is copied, and its page opened', async () => {
    fake.press = ['Copy & Open'];
    await showDeviceCode({
      message: 'Type ABC',
      userCode: 'ABC',
      verificationUri: 'https://microsoft.com/devicelogin',
    });
    expect(fake.shown).toEqual([{ level: 'info', message: 'Type ABC', buttons: ['Copy & Open'] }]);
    expect(fake.clipboard).toBe('ABC');
    expect(fake.opened).toEqual(['https://microsoft.com/devicelogin']);
  });
});
