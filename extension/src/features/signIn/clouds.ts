import type { CloudSettings } from '../../protocol/types';

/** Where VS Code signs in to a cloud. */
export interface CloudAccount {
  /** VS Code's authentication provider. */
  readonly providerId: string;
  /** What the sovereign provider's own setting must be; null where the provider is for one cloud only. */
  readonly environment: 'ChinaCloud' | 'USGovernment' | 'custom' | null;
  /** The scope that proves that somebody is signed in: Resource Manager's. */
  readonly managementScope: string;
}

const microsoft = 'microsoft';

/** VS Code keeps the accounts of the sovereign and the custom clouds with a provider of their own. */
export const sovereignProviderId = 'microsoft-sovereign-cloud';

/**
 * The account that belongs to a cloud.
 * @param sovereignEnvironment the person's setting `microsoft-sovereign-cloud.environment`.
 */
export function accountOf(cloud: CloudSettings, sovereignEnvironment: string): CloudAccount {
  switch (cloud.name) {
    case 'public':
      return { providerId: microsoft, environment: null, managementScope: 'https://management.azure.com/.default' };
    case 'china':
      return {
        providerId: sovereignProviderId,
        environment: 'ChinaCloud',
        managementScope: 'https://management.chinacloudapi.cn/.default',
      };
    case 'usGovernment':
      return {
        providerId: sovereignProviderId,
        environment: 'USGovernment',
        managementScope: 'https://management.usgovcloudapi.net/.default',
      };
    case 'custom': {
      const audience = cloud.custom?.resourceManagerAudience ?? cloud.custom?.resourceManager ?? '';
      const managementScope = `${audience.replace(/\/+$/, '')}/.default`;
      // The person has told VS Code of a custom cloud: then its accounts are the ones meant.
      return sovereignEnvironment === 'custom'
        ? { providerId: sovereignProviderId, environment: 'custom', managementScope }
        : { providerId: microsoft, environment: null, managementScope };
    }
  }
}
