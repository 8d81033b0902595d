// Finds texts for people that stand in the extension's sources as they are, and so can never be said in another language.
import ts from 'typescript';

/** Members that VS Code, or a page of ours, shows to a person. */
const shown = new Set([
  'accessibilityLabel',
  'ariaLabel',
  'buttonText',
  'cancelLabel',
  'description',
  'detail',
  'documentation',
  'innerText',
  'label',
  'message',
  'openLabel',
  'placeHolder',
  'placeholder',
  'prompt',
  'saveLabel',
  'separator',
  'text',
  'textContent',
  'title',
  'tooltip',
  'validationMessage',
]);
/** Calls whose texts a person reads, with the positions of these texts. */
const showing = new Map([
  ['showInformationMessage', [0, 1, 2, 3, 4]],
  ['showWarningMessage', [0, 1, 2, 3, 4]],
  ['showErrorMessage', [0, 1, 2, 3, 4]],
  ['setStatusBarMessage', [0]],
  ['appendMarkdown', [0]],
  ['appendText', [0]],
  ['MarkdownString', [0]],
  ['TreeItem', [0]],
  ['CodeLens', [1]],
  ['Hover', [0]],
  ['Diagnostic', [1]],
]);

/**
 * @param source TypeScript.
 * @param file its name, for the findings.
 * @returns one line for each literal that is shown: `file:line: text`.
 */
export function literalsIn(source, file) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found = [];
  const report = (node) => {
    for (const literal of literalsOf(node)) {
      const { line } = tree.getLineAndCharacterOfPosition(literal.getStart());
      found.push(`${file}:${line + 1}: ${literal.getText()}`);
    }
  };
  const visit = (node) => {
    if (ts.isPropertyAssignment(node) && shown.has(nameOf(node.name))) {
      report(node.initializer);
    } else if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isPropertyAccessExpression(node.left) &&
      shown.has(node.left.name.text)
    ) {
      report(node.right);
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const name = ts.isPropertyAccessExpression(node.expression)
        ? node.expression.name.text
        : node.expression.getText();
      for (const at of showing.get(name) ?? []) {
        if (node.arguments?.[at] !== undefined) {
          report(node.arguments[at]);
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const nameOf = (name) => (ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : '');

/** The literals with words in them that an expression can become; what a call is given is that call's. */
function literalsOf(node) {
  if (ts.isStringLiteralLike(node)) {
    return hasWords(node.text) ? [node] : [];
  }
  if (ts.isTemplateExpression(node)) {
    const own = [node.head, ...node.templateSpans.map((span) => span.literal)];
    return own.some((piece) => hasWords(piece.text))
      ? [node]
      : node.templateSpans.flatMap((span, at) => (own[at].text.endsWith('$(') ? [] : literalsOf(span.expression)));
  }
  if (ts.isConditionalExpression(node)) {
    return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  }
  if (ts.isBinaryExpression(node)) {
    return [...literalsOf(node.left), ...literalsOf(node.right)];
  }
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ? literalsOf(node.expression) : [];
}

/** Two letters next to each other outside of icons, links to commands, settings' names, addresses and patterns of files. */
const hasWords = (text) =>
  /\p{L}{2}/u.test(text.replaceAll(/\$\([\w~-]+\)|command:[\w.?=-]*|amlData\.[\w.]*|https?:\/\/\S*|\S*\*\S*/g, ''));
