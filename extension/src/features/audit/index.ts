import type { CommandRegistrar } from '../../infrastructure/command';
import type { SidecarClient } from '../../sidecar/client';
import { ExportAuditCommand } from './exportCommand';
import { VerifyAuditCommand } from './verifyCommand';

/** The audit log of operations: exported, and checked. */
export function registerAudit(registrar: CommandRegistrar, sidecar: SidecarClient): void {
  registrar.register(new ExportAuditCommand(sidecar), new VerifyAuditCommand(sidecar));
}
