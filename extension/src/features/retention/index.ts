import type { ChangePlans } from '../../infrastructure/changePlans';
import type { CommandRegistrar } from '../../infrastructure/command';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { SidecarClient } from '../../sidecar/client';
import { NewRuleCommand, RulesCommand } from './commands';
import { RuleForm } from './ruleForm';

/** Retention rules: saved filters that show what they would do, and do it only when a person starts the plan. */
export function registerRetention(
  registrar: CommandRegistrar,
  sidecar: SidecarClient,
  plans: ChangePlans,
  picker: NodePicking,
): void {
  const form = new RuleForm(sidecar, plans, picker);
  registrar.register(new RulesCommand(sidecar, plans, form), new NewRuleCommand(form));
}
