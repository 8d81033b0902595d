// "Tests: Call Tool" calls the tool that tool-call.json in the opened folder names, and writes what it said beside it.
const { readFile, writeFile } = require('node:fs/promises');
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

exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('toolCaller.call', call));
};
