import { rootCertificates } from 'node:tls';
import * as vscode from 'vscode';
import type { NetworkParams } from '../protocol/types';

/** VS Code's own settings of proxies and certificates. */
const section = 'http';

/** Whether a change concerns proxies or certificates. */
export function concernsNetwork(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(section);
}

/**
 * Proxies and certificates as the person has set them for VS Code. What a folder says is left out: it could lead requests with
 * tokens to a proxy of its own.
 */
export function networkParams(): NetworkParams {
  const noProxy = own('noProxy');
  return {
    proxy: textOf(own('proxy')),
    proxyAuthorization: textOf(own('proxyAuthorization')),
    noProxy: Array.isArray(noProxy) ? noProxy.filter((host) => typeof host === 'string') : [],
    useProxies: own('proxySupport') !== 'off',
    verifyProxyCertificate: own('proxyStrictSSL') !== false,
    // Without the system's certificates Node goes by a list of its own; the sidecar has none.
    roots: own('systemCertificates') === false ? [...rootCertificates] : null,
  };
}

function own(name: string): unknown {
  const found = vscode.workspace.getConfiguration(section).inspect<unknown>(name);
  return found?.globalValue ?? found?.defaultValue;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
