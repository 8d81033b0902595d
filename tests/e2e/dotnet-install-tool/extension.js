// Takes the place of Microsoft's .NET Install Tool: the same commands with the same demands on their arguments
// (github.com/dotnet/vscode-dotnet-runtime, Documentation/commands.md), without a download.
// It finds nothing; what it "fetched" is the `dotnet` that AML_E2E_ACQUIRED names.
const { commands } = require('vscode');

exports.activate = (context) => {
  context.subscriptions.push(
    commands.registerCommand('dotnet.findPath', ({ acquireContext, versionSpecRequirement }) => {
      const { mode, requestingExtensionId, version, architecture } = acquireContext;
      if (!mode || !requestingExtensionId || !version || !architecture || !versionSpecRequirement) {
        throw new Error('The find path request was missing a mode, version, architecture, requestingExtensionId or requirement.');
      }
      return undefined;
    }),
    commands.registerCommand('dotnet.acquire', ({ version, requestingExtensionId }) => {
      if (!requestingExtensionId || !/^\d+\.\d+$/.test(version)) {
        throw new Error(`Cannot acquire ${version} for ${requestingExtensionId}.`);
      }
      return { dotnetPath: process.env.AML_E2E_ACQUIRED };
    }),
  );
};
