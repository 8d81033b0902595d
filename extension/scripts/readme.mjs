// The README as it goes into a package. VS Code and the marketplace show pictures from https addresses only, and a package is made
// without knowing where the repository is published: so pictures and links to files are given an address, or left out.
const picture = /!\[([^\]]*)\]\((?!https:)([^)\s]+)\)/g;
const link = /(?<!!)\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)/g;

/** @param address what comes before the paths, an https address; undefined leaves out pictures, and of links all but their text. */
export function withoutRelativePaths(text, address) {
  if (address === undefined) {
    // A line that holds nothing else goes as a whole.
    const gone = text
      .split('\n')
      .flatMap((line) =>
        line.replace(picture, '').trim() === '' && line.trim() !== '' ? [] : [line.replace(picture, '$1')],
      );
    return gone
      .join('\n')
      .replace(link, '$1')
      .replace(/\n{3,}/g, '\n\n');
  }
  if (!/^https:\/\//.test(address)) {
    throw new Error(`Pictures are shown from https addresses only, not from ${address}.`);
  }
  const base = address.replace(/\/$/, '');
  return text
    .replace(picture, (_, title, path) => `![${title}](${base}/${path})`)
    .replace(link, (_, title, path) => `[${title}](${base}/${path})`);
}
