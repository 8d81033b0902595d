// The sidecar's texts for people, read out of its sources: each with the stable codes it is said under, and with what its
// holes hold. A choice inside a text ({(n == 1 ? "is" : "are")}) becomes two texts, so that translators see whole sentences.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { tokens } from './csharp.mjs';

/** What is no text for a person on the screen: protocols, documents for the record, and the log. */
const skippedFiles = [
  /\/(bin|obj)\//,
  /Server\/(Logging|Protocol|Texts)\//,
  /Azure\/(?!Cloud|Http\/BearerPolicy|Arm\/ArmPolling|Arm\/Registry|Arm\/WorkspaceEndpoints|V1\/WebServiceOperation)/,
  /Server\/Rpc\/(?!RpcError)|Server\/(Hosting\/(?!CloudReader)|Program)|RunFilters|ListPlace|RecordState|RecordService|HiddenTexts|FieldHash|IndexedRunsPart|FoundIndex|FoundList|ListWriter|DocumentDraft|ZipPart|RangedFile|LogMask|RecordTexts|FindingVerdict|\/Export\/(AssetDocuments|RunDocuments|WorkspaceDocuments)|RunBranch|\/AuditLog\.|ResourceLister|FoldTable|Receipt(?!Check)|\/Reports\/|\/Bags\/|LogMask|\/Notebooks\/Code\/|LoadCode|StateFiles|Journal|MLTableText|MetricsCsv|IndexCsv|IndexJson|PlanSaver/,
];
const skippedCalls =
  /^(Log(Trace|Debug|Information|Warning|Error|Critical)?|LoggerMessage|Argument\w*Exception|InvalidOperationException|NotSupportedException|UnreachableException|ObjectDisposedException|FormatException|GeneratedRegex|Regex|IsMatch|Write(String|Number|Boolean|PropertyName|StartArray|StartObject|Null)?|Contains|StartsWith|EndsWith|Equals|HasCode|IndexOf|nameof|Text|Child|Items|Number|TryGetProperty|TryGetValue|RpcRequest|SuppressMessage|InternalsVisibleTo|RemoteFailure|GetString|Is|ParseExact|TryParseExact|CryptographicException)$/;
const joining = /^(Create|Format|Concat)$/;
const code = /^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/;

/** Words and forms that stand alone in the sources, where no rule tells a text from a name: each must be there still. */
const words = [
  'archived',
  'reused',
  'nothing found',
  'folder',
  'file',
  'off',
  'yes',
  'not found',
  'no access',
  'cluster',
  'instance',
  'online',
  'batch',
  'notebook',
  'account',
  'item',
  'models',
  'data',
  'notebooks',
  'step',
  'place',
  'name',
  'restored',
  'unregistered',
  'detached',
  'deleted',
  'interrupted',
  'default',
  'minutes',
  'hours',
  'yesterday',
  'metrics',
];
/** Titles that are put together of a verb and what it is done to, and their question. */
const verbs = [
  'Archive',
  'Restore',
  'Unregister',
  'Detach',
  'Delete',
  'Undelete',
  'Erase',
  'Purge',
  'Download',
  'Export',
  'Copy',
  'Clear texts of',
];
/** What looks like a text and is none: states as the services spell them, queries, forms of dates, documents for the record. */
const noTexts =
  /^(Canceled|Cancelled|Completed|Failed|Finished|Running|Queued|Paused|Preparing|Provisioning|Finalizing|Starting|Active|Bearer|Forbidden|Users|All|Custom|Enabled|Disabled|Unknown|Default|\{0\}|CreatedUtc .*|createdtime .*|yyyy.*|read back.*|listed again.*|told by the service.*|dcid\..*|cron \{0\}.*|\{0\} (field|text|value) \{1\}.*|\(.* eq .*|\{0\} \{1\}s|A (plan|search) holds an empty line\.|Storage (Blob|File) Data .*|AzureML .*)$/;

/** Every C# file of the sidecar with its texts. */
export async function serverTexts(root) {
  const files = (await readdir(join(root, 'server'), { recursive: true }))
    .filter((file) => file.endsWith('.cs'))
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !skippedFiles.some((pattern) => pattern.test(`/${file}`)))
    .sort();
  const found = new Map();
  const missing = new Set(words);
  for (const file of files) {
    const source = await readFile(join(root, 'server', file), 'utf8');
    words
      .filter((word) => source.includes(`"${word}"`) || source.includes(`"${word} `))
      .forEach((word) => missing.delete(word));
    for (const text of [...textsOf(source), ...nounsOf(source)]) {
      if (noTexts.test(text.text)) {
        continue;
      }
      const known = found.get(text.text) ?? { text: text.text, codes: new Set(), holes: text.holes, files: new Set() };
      found.set(text.text, known);
      text.codes.forEach((each) => known.codes.add(each));
      known.holes = [...known.holes].map((hole, at) => (hole === text.holes[at] ? hole : 'a')).join('');
      known.files.add(relative('.', file));
    }
  }
  if (missing.size > 0) {
    throw new Error(`No longer in the sources of the sidecar: ${[...missing].join(', ')}`);
  }
  for (const text of words) {
    found.set(text, found.get(text) ?? { text, codes: new Set(), holes: '', files: new Set() });
  }
  for (const verb of verbs) {
    for (const [text, holes] of [
      [verb, ''],
      // A single word there is a name, whatever word it is.
      [`${verb} {0}`, 'x'],
      [`${verb} {0}?`, 'x'],
      [`${verb} {0} of {1}`, 'xx'],
      [`${verb} the datastore {0}`, 'x'],
    ]) {
      if (
        !/Detach|Clear|Purge|Archive|Restore|Unregister|Undelete|Erase|Delete/.test(verb) ||
        !/ of \{1\}| datastore /.test(text)
      ) {
        found.set(text, { text, codes: new Set(), files: new Set(), ...found.get(text), holes });
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** The kinds of thing have their singular and their plural side by side: each alone, and counted. */
function nounsOf(source) {
  const texts = [];
  for (const [, singular, plural] of source.matchAll(/new\(ResourceKind\.\w+, "([\w ]+)", "([\w ]+)"/g)) {
    for (const [text, holes] of [
      [singular, ''],
      [plural, ''],
      [`1 ${singular}`, ''],
      [`{0} ${plural}`, 'n'],
    ]) {
      texts.push({ text, holes, codes: [] });
    }
  }
  return texts;
}

/** The texts of one source. */
export function textsOf(source) {
  const all = tokens(source);
  const texts = [];
  read(all, 0, all.length, [], texts);
  return texts;
}

/** Reads the strings between two tokens; `calls` are the calls around them, outermost first. */
function read(all, from, to, outer, texts) {
  const calls = [...outer];
  let at = from;
  while (at < to) {
    const token = all[at];
    if (token.kind === 'sign' && '([{'.includes(token.text)) {
      const before = all[at - 1];
      calls.push({
        name: token.text === '(' && before?.kind === 'word' ? before.text : token.text,
        attribute: token.text === '[' && (!before || [';', '{', '}', ']'].includes(before.text)),
        codes: [],
      });
    } else if (token.kind === 'sign' && ')]}'.includes(token.text)) {
      calls.pop();
    } else if (token.kind === 'string' && !token.utf8) {
      const whole = concatenation(all, at, to);
      const plain = whole.parts.length === 1 && whole.parts[0].text;
      if (plain && code.test(plain)) {
        calls.at(-1)?.codes.push(plain);
        // "a ? code : other" and a code in parentheses belong to the call around them.
        if (calls.at(-1)?.name === '(') {
          calls.at(-2)?.codes.push(plain);
        }
      } else if (!calls.some((call) => call.attribute || skippedCalls.test(call.name)) && !isKey(all, at, whole.end)) {
        const nearest = [...calls]
          .reverse()
          .find(
            (call) =>
              call.codes.length > 0 && /Problem|^new$|^Network$|Warn|^\($|Words|Gap|Refus|^\w*$/.test(call.name),
          );
        add(whole.parts, nearest?.codes ?? [], texts);
      }
      at = whole.end;
      continue;
    }
    at++;
  }
}

/** `"a" => ...` and `case "a"` compare, `x == "a"` too, `["a"]` looks up; none is said to a person. */
function isKey(all, at, end) {
  const [before, after] = [all[at - 1], all[end]];
  return (
    ['==', '!=', 'is', 'case', 'or', 'not'].includes(before?.text) ||
    ['=>', 'or', '==', '!='].includes(after?.text) ||
    before?.text === 'and' ||
    (before?.text === '[' && after?.text === ']' && all[at - 2]?.kind === 'word')
  );
}

/** A string and what is joined to it by +; other operands become holes. */
function concatenation(all, at, to) {
  const parts = [...all[at].parts];
  let end = at + 1;
  while (end < to && all[end].text === '+' && end + 1 < to) {
    let next = end + 1;
    if (all[next].kind === 'string') {
      parts.push(...all[next].parts);
      end = next + 1;
      continue;
    }
    let depth = 0;
    const begin = next;
    while (next < to) {
      const { kind, text } = all[next];
      if (kind === 'sign') {
        if (depth === 0 && [',', ';', ')', ']', '}', '?', ':', '=>', '&&', '||', '??', '+'].includes(text)) {
          break;
        }
        depth += '([{'.includes(text) ? 1 : ')]}'.includes(text) ? -1 : 0;
      }
      next++;
    }
    parts.push({ tokens: all.slice(begin, next), format: null });
    end = next;
  }
  return { parts, end };
}

/** Adds every variant of a text. */
function add(parts, codes, texts) {
  for (const { parts: variant } of variants(parts, codes, texts)) {
    const text = finish(variant);
    if (text) {
      texts.push({ ...text, codes });
    }
  }
}

/** The ways a text can read: each choice between literals inside it is made either way, the same choice the same way. */
function variants(parts, codes, texts) {
  return combine(
    parts.map((part) =>
      part.text !== undefined
        ? [{ parts: [part], chosen: {} }]
        : waysOf(part.tokens ?? tokens(part.code), part.format, codes, texts),
    ),
  );
}

function combine(choices) {
  let all = [{ parts: [], chosen: {} }];
  for (const ways of choices) {
    all = all.flatMap((begun) =>
      ways
        .filter((way) => Object.entries(way.chosen).every(([choice, side]) => (begun.chosen[choice] ?? side) === side))
        .map((way) => ({ parts: [...begun.parts, ...way.parts], chosen: { ...begun.chosen, ...way.chosen } })),
    );
    if (all.length > 24) {
      throw new Error('A text with too many choices in it: say whole sentences instead.');
    }
  }
  return all;
}

function waysOf(inside, format, codes, texts) {
  let code = inside;
  while (code.length > 2 && code[0].text === '(' && closing(code, 0) === code.length - 1) {
    code = code.slice(1, -1);
  }
  if (code.length === 1 && code[0].kind === 'string') {
    return variants(code[0].parts, codes, texts);
  }
  if (isEmpty(code)) {
    return [{ parts: [], chosen: {} }];
  }
  const switched = code.findIndex(({ text }) => text === 'switch');
  if (switched >= 0 && code[switched + 1]?.text === '{' && code.some(({ kind }) => kind === 'string')) {
    const arms = split(code.slice(switched + 2, -1), ',').filter((arm) => arm.length > 0);
    return arms.flatMap((arm) => waysOf(arm.slice(topLevel(arm, '=>') + 1), null, codes, texts));
  }
  const question = topLevel(code, '?');
  if (question > 0) {
    const colon = matchingColon(code, question);
    const sides = [code.slice(question + 1, colon), code.slice(colon + 1)];
    if (sides.flat().some(({ kind }) => kind === 'string') || sides.some(isEmpty)) {
      const choice = sourceOf(code.slice(0, question));
      return sides.flatMap((side, at) =>
        waysOf(side, null, codes, texts)
          .filter((way) => (way.chosen[choice] ?? at) === at)
          .map((way) => ({ parts: way.parts, chosen: { ...way.chosen, [choice]: at } })),
      );
    }
  }
  const otherwise = topLevel(code, '??');
  if (otherwise > 0 && code.slice(otherwise).some(({ kind }) => kind === 'string')) {
    return [...holeOf(code.slice(0, otherwise), format), ...waysOf(code.slice(otherwise + 1), null, codes, texts)];
  }
  if (topLevel(code, '+') > 0 && code.some(({ kind }) => kind === 'string')) {
    return combine(split(code, '+').map((operand) => waysOf(operand, null, codes, texts)));
  }
  const call = code.findIndex(({ text }, at) => text === '(' && closing(code, at) === code.length - 1);
  const name = call > 0 ? code[call - 1].text : '';
  const literal = code.find(({ kind }) => kind === 'string');
  if (joining.test(name) && literal) {
    return variants(literal.parts, codes, texts);
  }
  if (name === 'Count' && code[call - 3]?.text === 'Sizes') {
    addCount(code.slice(call + 1, -1), codes, texts);
    return [{ parts: [{ hole: 't' }], chosen: {} }];
  }
  if (literal) {
    // What else is said inside a hole is said for itself: the parts of a list, a text given to a helper.
    read(code, name === 'Join' ? call + 1 : 0, name === 'Join' ? code.length - 1 : code.length, [], texts);
  }
  return holeOf(code, format);
}

function holeOf(code, format) {
  return [{ parts: [{ hole: holeKind(code, format) }], chosen: {} }];
}

function sourceOf(code) {
  return code.map((token) => token.text ?? '""').join(' ');
}

/** `Sizes.Count(n, "file")` says "1 file" or "2 files". */
function addCount(args, codes, texts) {
  const noun = split(args, ',')
    .at(-1)
    .find(({ kind }) => kind === 'string');
  if (noun) {
    for (const { parts } of variants(noun.parts, codes, texts)) {
      countOf(parts.map((part) => part.text ?? '').join(''), texts);
    }
  }
}

function countOf(noun, texts) {
  texts.push({ text: `1 ${noun}`, holes: '', codes: [] }, { text: `{0} ${noun}s`, holes: 'n', codes: [] });
}

function holeKind(code, format) {
  const source = sourceOf(code).replaceAll(' ', '');
  if (/^N?0|#/.test(format ?? '') || /Sizes\.(Text|Day)|HumanText\.|\.Count$|^(n|count)$/.test(source)) {
    return 'n';
  }
  return /Message|InWords|[wW]ords?$|^(what|why|where|how|noun|verb|reason|said|so|more|note|InWordsOf)|Reason|Words\(|Noun|Verb/.test(
    source,
  )
    ? 't'
    : 'a';
}

function finish(parts) {
  let text = '';
  const holes = [];
  for (const part of parts) {
    if (part.text !== undefined) {
      text += part.text;
    } else {
      text += `{${holes.length}}`;
      holes.push(part.hole);
    }
  }
  text = text.trim();
  const words = text.replace(/\{\d+\}/g, ' ');
  return isText(words, text) ? { text, holes: holes.join('') } : undefined;
}

function isText(words, text) {
  if (
    /[<>\\]|^\/|\/\{|https?:|%20|=\{|^\w+\.\w|^\$|\r|--|azureml:\/\/|^@|;$/.test(text) ||
    /^[\w.{}-]+\/[\w./{}-]*$/.test(text)
  ) {
    return false;
  }
  return (
    /[A-Za-z]{2,}[,;:]? +[A-Za-z(]/.test(words) ||
    /(^|\s)[A-Za-z]{3,}[ .,]/.test(words) ||
    (/\{/.test(text) && / [a-z]{2,}| [a-z]\b/i.test(words)) ||
    /^[A-Z][a-z]+$/.test(words)
  );
}

function isEmpty(code) {
  const source = code
    .map(({ kind, parts, text }) => (kind === 'string' ? (parts.length === 0 ? '""' : '"x"') : text))
    .join('');
  return source === 'string.Empty' || source === '""' || source === 'null';
}

function closing(code, at) {
  let depth = 0;
  for (let pos = at; pos < code.length; pos++) {
    if (code[pos].kind === 'sign') {
      depth += '([{'.includes(code[pos].text) ? 1 : ')]}'.includes(code[pos].text) ? -1 : 0;
    }
    if (depth === 0) {
      return pos;
    }
  }
  return -1;
}

function topLevel(code, sign) {
  let depth = 0;
  for (let pos = 0; pos < code.length; pos++) {
    const { kind, text } = code[pos];
    if (kind === 'sign') {
      if (depth === 0 && text === sign) {
        return pos;
      }
      depth += '([{'.includes(text) ? 1 : ')]}'.includes(text) ? -1 : 0;
    }
  }
  return -1;
}

function matchingColon(code, question) {
  let depth = 0;
  let open = 0;
  for (let pos = question; pos < code.length; pos++) {
    const { kind, text } = code[pos];
    if (kind !== 'sign') {
      continue;
    }
    if (depth === 0 && text === '?') {
      open++;
    } else if (depth === 0 && text === ':' && --open === 0) {
      return pos;
    }
    depth += '([{'.includes(text) ? 1 : ')]}'.includes(text) ? -1 : 0;
  }
  return code.length;
}

function split(code, sign) {
  const parts = [[]];
  let depth = 0;
  for (const token of code) {
    if (token.kind === 'sign') {
      if (depth === 0 && token.text === sign) {
        parts.push([]);
        continue;
      }
      depth += '([{'.includes(token.text) ? 1 : ')]}'.includes(token.text) ? -1 : 0;
    }
    parts.at(-1).push(token);
  }
  return parts;
}
