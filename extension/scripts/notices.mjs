// THIRD-PARTY-NOTICES.txt: what of others is inside a package, and under which terms.

const line = '='.repeat(100);

/** @param components as of inside.mjs @returns the text. */
export function noticesOf(components, title) {
  const names = components.map(
    ({ name, version, license, url }) => `- ${name} ${version} (${license})${url ? `, ${url}` : ''}`,
  );
  const head = [
    `Third-party notices of ${title}`,
    '',
    'This package holds the following software of others. Its own licence is in LICENSE.',
    '',
    ...names,
  ];
  // Packages of one origin bring the same long text; it is given once.
  const holders = new Map();
  for (const { name, version, texts } of components) {
    for (const { kind, text } of texts) {
      const key = `${kind}\0${text}`;
      holders.set(key, [...(holders.get(key) ?? []), `${name} ${version}`]);
    }
  }
  const sections = [...holders].map(([key, of]) => {
    const [kind, text] = key.split('\0');
    const heading = kind === 'license' ? 'Licence of' : 'Notices that come with';
    return ['', line, `${heading} ${of.join(', ')}`, line, '', text].join('\n');
  });
  return `${[...head, ...sections].join('\n')}\n`;
}
