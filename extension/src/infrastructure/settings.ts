import * as vscode from 'vscode';
import type {
  CloudName,
  CloudSettings,
  CredentialKind,
  CredentialSettings,
  CustomCloud,
  ExistingFiles,
  ExportFormat,
} from '../protocol/types';
import { Problem } from './problem';

const section = 'amlData';

/** The settings whose change means another sidecar. */
const connectionSettings = ['cloud', 'credential', 'sidecar'] as const;

/** The extension's settings, read when they are needed. */
export class Settings {
  /** The cloud to work with. A custom one without the fields it needs is refused here, where the person can mend it. */
  get cloud(): CloudSettings {
    const name = this.own<CloudName>('cloud.name', 'public');
    return { name, custom: name === 'custom' ? this.customCloud() : null };
  }

  get credential(): CredentialSettings {
    return {
      kind: this.own<CredentialKind>('credential.kind', 'vsCode'),
      tenantId: emptyToNull(this.own('credential.tenantId', '')),
      clientId: emptyToNull(this.own('credential.clientId', '')),
    };
  }

  /** Another sidecar than the one in the package; null for that one. */
  get sidecarPath(): string | null {
    return emptyToNull(this.own('sidecar.path', ''));
  }

  /** The .NET that the portable sidecar runs on; null to have it looked for. */
  get dotnetPath(): string | null {
    return emptyToNull(this.own('sidecar.dotnetPath', ''));
  }

  /** What is done about files that exist; null asks each time. */
  get existingFiles(): ExistingFiles | null {
    const value = this.own<ExistingFiles | 'ask'>('download.existingFiles', 'ask');
    return value === 'ask' ? null : value;
  }

  /** Whether notebooks and Python files are looked into. */
  get notebooksEnabled(): boolean {
    return this.read('notebooks.enabled', true);
  }

  /** Whether a change concerns notebooks. */
  static concernsNotebooks(event: vscode.ConfigurationChangeEvent): boolean {
    return event.affectsConfiguration(`${section}.notebooks`);
  }

  /** How downloads are written unless the person says otherwise. */
  get exportFormat(): ExportFormat {
    return this.read<ExportFormat>('download.format', 'folder');
  }

  /** Files above this size are not read when personal data is searched for; in MB. */
  get searchedFileMegabytes(): number {
    return Math.max(0, this.read('personalData.maxFileMegabytes', 10));
  }

  /** The same in bytes. */
  get searchedFileBytes(): number {
    return Math.round(this.searchedFileMegabytes * 2 ** 20);
  }

  /** Whether weighty deletions ask for the name to be typed; else a modal question does. */
  get typeNames(): boolean {
    return this.own<'typeName' | 'click'>('changes.confirmation', 'typeName') === 'typeName';
  }

  /** How much data makes a deletion weighty; bytes. */
  get typeNameAboveBytes(): number {
    return Math.round(Math.max(0, this.own('changes.typeNameAboveGiB', 1)) * 2 ** 30);
  }

  /** Whether a change concerns what the sidecar was started with. */
  static concernsConnection(event: vscode.ConfigurationChangeEvent): boolean {
    return connectionSettings.some((name) => event.affectsConfiguration(`${section}.${name}`));
  }

  private customCloud(): CustomCloud {
    const raw = this.own<Readonly<Record<string, unknown>>>('cloud.custom', {});
    const text = (key: string): string | null => {
      const value = raw[key];
      if (value === undefined || value === null || value === '') {
        return null;
      }
      if (typeof value !== 'string') {
        throw badCloud(vscode.l10n.t('"{0}" in the setting amlData.cloud.custom must be text.', key));
      }
      return value;
    };
    const needed = (key: string): string => {
      const value = text(key);
      if (value === null) {
        throw badCloud(vscode.l10n.t('The setting amlData.cloud.custom lacks "{0}".', key));
      }
      return value;
    };
    const suffixes: unknown = raw['dataPlaneSuffixes'] ?? [];
    if (!Array.isArray(suffixes) || !suffixes.every((suffix) => typeof suffix === 'string')) {
      throw badCloud(
        vscode.l10n.t('"{0}" in the setting amlData.cloud.custom must be a list of texts.', 'dataPlaneSuffixes'),
      );
    }
    return {
      resourceManager: needed('resourceManager'),
      authorityHost: text('authorityHost'),
      resourceManagerAudience: text('resourceManagerAudience'),
      dataPlaneAudience: text('dataPlaneAudience'),
      storageAudience: text('storageAudience'),
      storageSuffix: needed('storageSuffix'),
      dataPlaneSuffixes: suffixes,
      caCertificatePath: text('caCertificatePath'),
      portalUrl: text('portalUrl'),
      azurePortalUrl: text('azurePortalUrl'),
    };
  }

  /**
   * What the person set, never the opened folder. VS Code keeps a folder's value from settings of machine and application scope too;
   * where tokens go and what is started is worth asking twice.
   */
  private own<T>(name: string, fallback: T): T {
    const found = vscode.workspace.getConfiguration(section).inspect<T>(name);
    return found?.globalValue ?? found?.defaultValue ?? fallback;
  }

  private read<T>(name: string, fallback: T): T {
    return vscode.workspace.getConfiguration(section).get<T>(name) ?? fallback;
  }
}

function badCloud(message: string): Problem {
  return new Problem(message, { code: 'settings.customCloud', actions: ['openSettings'] });
}

function emptyToNull(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : trimmed;
}
