import { randomBytes } from 'node:crypto';

/** What the page is made of. */
export interface PlanPageParts {
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  readonly title: string;
  readonly language: string;
}

/**
 * The page before its script runs: empty, and allowed to load nothing but that script and its style. All it shows later
 * comes as messages and is set as text.
 */
export function planHtml(parts: PlanPageParts): string {
  const nonce = randomBytes(18).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${parts.cspSource}; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="${escaped(parts.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escaped(parts.style)}">
<title>${escaped(parts.title)}</title>
</head>
<body>
<main id="page"></main>
<script nonce="${nonce}" src="${escaped(parts.script)}"></script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
