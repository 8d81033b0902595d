// The language of nobody: every text is a third longer, accented and in brackets, so that what is cut off, put together or
// not translated at all can be seen by whoever reads English.
const accents = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ö',
  u: 'ü',
  y: 'ý',
  c: 'ç',
  n: 'ñ',
  s: 'š',
  A: 'Å',
  E: 'É',
  I: 'Î',
  O: 'Ø',
  U: 'Û',
  C: 'Ç',
  N: 'Ñ',
  S: 'Š',
};

/** A text in that language. What no language may change stays as it is. */
export function pseudoOf(text) {
  const pieces = text.split(/(\{\d+\}|\(command:[\w.]+\)|`[^`]+`|https:\/\/[\w./-]*\w|\s+$|^\s+)/);
  const accented = pieces.map((piece, at) =>
    at % 2 === 1 ? piece : piece.replace(/[a-zA-Z]/g, (letter) => accents[letter] ?? letter),
  );
  const [, before, inside, after] = /^(\s*)([^]*?)(\s*)$/.exec(accented.join(''));
  return `${before}[${inside}${'~'.repeat(Math.ceil(inside.length / 3))}]${after}`;
}
