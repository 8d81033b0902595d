// "Tests: Call Tool" calls the tool that tool-call.json in the opened folder names, and writes what it said beside it.
const { readFile, rm, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const vscode = require('vscode');

async function call() {
  const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
  const { name, input } = JSON.parse(await readFile(join(folder, 'tool-call.json'), 'utf8'));
  let answer;
  try {
    const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    answer = { text: result.content.map((part) => part.value).join('') };
  } catch (error) {
    answer = { error: String(error) };
  }
  const tools = vscode.lm.tools.filter((tool) => tool.name.startsWith('amlData_')).map((tool) => tool.name);
  await writeFile(join(folder, 'tool-result.json'), JSON.stringify({ ...answer, tools }));
}

/** "Tests: Change Settings" sets what settings-change.json names, as the person's own settings. */
async function change() {
  const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
  const path = join(folder, 'settings-change.json');
  for (const [name, value] of Object.entries(JSON.parse(await readFile(path, 'utf8')))) {
    await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);
  }
  await rm(path);
}

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('toolCaller.call', call),
    vscode.commands.registerCommand('toolCaller.settings', change),
  );
};
