import type { Command } from '../../infrastructure/command';
import { nodesOf } from '../../infrastructure/nodeHandle';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { ExportFlow } from './exportFlow';
import type { ExportKind } from './exportKinds';

/** "Download Outputs and Logs...", "Download...", "Export Run...": on nodes of the tree, or on one picked by the way. */
export class ExportCommand implements Command {
  readonly id: string;

  constructor(
    private readonly kind: ExportKind,
    private readonly flow: ExportFlow,
    private readonly picker: NodePicking,
    private readonly onStarted: () => Promise<void>,
  ) {
    this.id = kind.commandId;
  }

  async execute(...args: readonly unknown[]): Promise<void> {
    // A selection may hold rows this cannot be done with; the menu showed it for the others.
    let targets = nodesOf(args).filter((node) => node.actions.includes(this.kind.action));
    if (targets.length === 0) {
      const { action, title } = this.kind;
      targets = [...((await this.picker.pick({ title, actions: [action], kinds: null, many: false })) ?? [])];
    }
    if (targets.length > 0) {
      const operation = await this.flow.run(this.kind, targets);
      if (operation !== undefined) {
        await this.onStarted();
      }
    }
  }
}
