// Reads the texts out of C# sources: literals, interpolated strings with their holes, and the choices made inside them.
// Not a compiler: it knows strings, comments and brackets, which is all that is needed to find what is said to people.

/** A file as tokens: strings with their parts, everything else as short pieces of code. */
export function tokens(source) {
  const found = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at, at + 2);
    if (rest === '//') {
      const end = source.indexOf('\n', at);
      at = end < 0 ? source.length : end;
    } else if (rest === '/*') {
      at = source.indexOf('*/', at) + 2;
    } else if (source[at] === "'") {
      const end = charEnd(source, at);
      found.push({ kind: 'char', text: source.slice(at, end), at });
      at = end;
    } else {
      const string = stringAt(source, at);
      if (string) {
        found.push({ kind: 'string', ...string, at });
        at = string.end;
      } else if (/[\w@]/.test(source[at])) {
        const [word] = /^@?\w+/.exec(source.slice(at, at + 200)) ?? [source[at]];
        found.push({ kind: 'word', text: word, at });
        at += word.length;
      } else {
        if (!/\s/.test(source[at])) {
          const two = source.slice(at, at + 2);
          const text = ['??', '=>', '?.', '==', '!=', '&&', '||', '>=', '<='].includes(two) ? two : source[at];
          found.push({ kind: 'sign', text, at });
          at += text.length;
        } else {
          at++;
        }
      }
    }
  }
  return found;
}

function charEnd(source, at) {
  let end = at + 1;
  while (source[end] !== "'") {
    end += source[end] === '\\' ? 2 : 1;
  }
  return end + 1;
}

/** The string that begins here: its parts (texts and holes), or undefined when none does. */
function stringAt(source, at) {
  const begin = /^(\$*@?|@\$*)("{3,}|")/.exec(source.slice(at, at + 12));
  if (!begin) {
    return undefined;
  }
  const [whole, prefix, quotes] = begin;
  // An empty string looks like two quotes, a raw one begins with three or more.
  const raw = quotes.length >= 3;
  const dollars = (prefix.match(/\$/g) ?? []).length;
  const verbatim = prefix.includes('@');
  const parts = [];
  let text = '';
  let pos = at + whole.length;
  const flush = () => {
    if (text !== '') {
      parts.push({ text });
      text = '';
    }
  };
  for (;;) {
    if (pos >= source.length) {
      throw new Error(`a string does not end: ${source.slice(at, at + 60)}`);
    }
    if (raw ? source.startsWith(quotes, pos) : source[pos] === '"') {
      if (verbatim && source[pos + 1] === '"') {
        text += '"';
        pos += 2;
        continue;
      }
      pos += raw ? quotes.length : 1;
      break;
    }
    if (dollars > 0 && source[pos] === '{') {
      const braces = /^\{+/.exec(source.slice(pos))[0].length;
      if (raw ? braces < dollars : braces % 2 === 0) {
        text += '{'.repeat(raw ? braces : braces / 2);
        pos += braces;
        continue;
      }
      flush();
      const open = raw ? dollars : 1;
      const start = pos + open;
      const end = holeEnd(source, start);
      parts.push(hole(source.slice(start, end)));
      pos = end + open;
      continue;
    }
    if (dollars > 0 && source[pos] === '}' && source[pos + 1] === '}') {
      text += '}';
      pos += 2;
      continue;
    }
    if (!raw && !verbatim && source[pos] === '\\') {
      const escape = source[pos + 1];
      if (escape === 'u') {
        text += String.fromCharCode(parseInt(source.slice(pos + 2, pos + 6), 16));
        pos += 6;
      } else {
        text += { n: '\n', r: '\r', t: '\t', 0: '\0', '"': '"', '\\': '\\', e: '\x1b' }[escape] ?? escape;
        pos += 2;
      }
      continue;
    }
    text += source[pos++];
  }
  flush();
  const utf8 = source.startsWith('u8', pos);
  return { parts, end: pos + (utf8 ? 2 : 0), utf8, interpolated: dollars > 0 };
}

/** Where the hole that begins here ends: its brackets are balanced and its strings are whole. */
function holeEnd(source, at) {
  let depth = 0;
  let pos = at;
  for (;;) {
    const string = stringAt(source, pos);
    if (string) {
      pos = string.end;
      continue;
    }
    const sign = source[pos];
    if (sign === "'") {
      pos = charEnd(source, pos);
      continue;
    }
    if ('([{'.includes(sign)) {
      depth++;
    } else if (sign === '}' && depth === 0) {
      return pos;
    } else if (')]}'.includes(sign)) {
      depth--;
    }
    pos++;
  }
}

function hole(source) {
  // A format follows a colon outside brackets and outside of a choice (a ? b : c is always in brackets here).
  let depth = 0;
  for (let pos = 0; pos < source.length; pos++) {
    const string = stringAt(source, pos);
    if (string) {
      pos = string.end - 1;
      continue;
    }
    if (source[pos] === "'") {
      pos = charEnd(source, pos) - 1;
    } else if ('([{'.includes(source[pos])) {
      depth++;
    } else if (')]}'.includes(source[pos])) {
      depth--;
    } else if (source[pos] === ':' && depth === 0) {
      return { code: source.slice(0, pos), format: source.slice(pos + 1) };
    }
  }
  return { code: source, format: null };
}
