import { beforeEach, describe, expect, it } from 'vitest';
import { dayOf, ExportAuditCommand } from '../../extension/src/features/audit/exportCommand';
import { reportOf, VerifyAuditCommand } from '../../extension/src/features/audit/verifyCommand';
import { server } from '../../extension/src/protocol/methods';
import type { AuditExportParams, AuditProblem, AuditVerdict } from '../../extension/src/protocol/types';
import { FakeClient } from './fakes/client';
import { fake } from './fakes/vscode';

const whole: AuditVerdict = {
  path: '/home/ada/audit.jsonl',
  isIntact: true,
  summary: 'The audit log is whole: 6 lines.',
  lines: 6,
  lastHash: 'abc',
  problems: [],
  problemCount: 0,
  receiptsSame: 2,
  receiptsDifferent: 0,
  receiptsAbsent: 0,
};

let client: FakeClient;
let asked: AuditExportParams[];
let problem: AuditProblem | null;
let verdict: AuditVerdict;

const choose =
  (part: string) =>
  (items: readonly { label: string }[]): { label: string } | undefined =>
    items.find((item) => item.label.includes(part));

beforeEach(() => {
  client = new FakeClient();
  asked = [];
  problem = null;
  verdict = whole;
  client.answer(server.audit.export, (params) => {
    asked.push(params);
    return { path: params.path, lines: 1204, first: 1, last: 1204, from: 0, to: 1, lastHash: 'f00d', problem };
  });
  client.answer(server.audit.verify, () => verdict);
});

describe('"Export Audit Log..."', () => {
  const command = (): ExportAuditCommand => new ExportAuditCommand(client);

  it('writes all of it where the person says, and gives the hash to keep', async () => {
    fake.picks = [choose('Everything')];
    fake.saves = ['/home/ada/audit.jsonl'];
    fake.press = ['Copy Hash'];
    await command().execute();
    expect(asked).toEqual([{ path: '/home/ada/audit.jsonl', since: null }]);
    expect(fake.shown[0]?.message).toMatch(/^1,204 lines were exported to \/home\/ada\/audit\.jsonl\. Keep the hash/);
    expect(fake.clipboard).toBe('f00d');
  });

  it('takes a day', async () => {
    fake.picks = [choose('Since a Day')];
    fake.inputs = ['2026-01-31'];
    fake.saves = ['/x.jsonl'];
    await command().execute();
    expect(asked[0]?.since).toBe(new Date(2026, 0, 31).getTime());
    expect(fake.shownInputs[0]?.validateInput?.('31.1.2026')).toBe('Type a day such as 2026-01-31.');
  });

  it.each(['2026-02-31', '2026-13-01', '2026-1-1', '', 'today'])('takes no "%s" for a day', (text) => {
    expect(dayOf(text)).toBeUndefined();
  });

  it('takes the last days, and opens the file', async () => {
    fake.picks = [choose('30 days')];
    fake.saves = ['/x.jsonl'];
    fake.press = ['Open File'];
    const before = Date.now();
    await command().execute();
    expect(before - (asked[0]?.since ?? 0)).toBeLessThanOrEqual(30 * 86_400_000);
    expect(fake.documents).toMatchObject([{ document: { fsPath: '/x.jsonl' } }]);
  });

  it('warns when the log itself is not as it was', async () => {
    problem = { line: 4, message: 'This line was changed after it was written.' };
    fake.picks = [choose('Everything')];
    fake.saves = ['/x.jsonl'];
    await command().execute();
    expect(fake.shown).toMatchObject([{ level: 'warning' }]);
    expect(fake.shown[0]?.message).toContain('This line was changed after it was written.');
  });

  it('does nothing when a question is closed', async () => {
    fake.picks = [(): undefined => undefined];
    await command().execute();
    fake.picks = [choose('Since a Day')];
    await command().execute();
    fake.picks = [choose('Everything')];
    await command().execute();
    expect(asked).toEqual([]);
  });
});

describe('"Verify Audit Log..."', () => {
  const command = (): VerifyAuditCommand => new VerifyAuditCommand(client);

  it('says that a log is whole', async () => {
    fake.folders = ['/home/ada/audit.jsonl'];
    fake.press = ['Copy Hash of the Last Line'];
    await command().execute();
    expect(client.calls).toEqual([{ method: 'audit/verify', params: { path: '/home/ada/audit.jsonl' } }]);
    expect(fake.shown).toMatchObject([{ level: 'info', message: whole.summary }]);
    expect(fake.clipboard).toBe('abc');
  });

  it('says what is wrong, and shows the line', async () => {
    verdict = {
      ...whole,
      isIntact: false,
      summary: 'The audit log is not as it was written. Line 4: This line was changed.',
      problems: [{ line: 4, message: 'This line was changed.' }],
      problemCount: 1,
    };
    fake.folders = ['/home/ada/audit.jsonl'];
    fake.press = ['Show Line'];
    await command().execute();
    expect(fake.shown).toMatchObject([{ level: 'error', message: verdict.summary, buttons: ['Show Line'] }]);
    expect(fake.documents).toMatchObject([
      { document: { fsPath: '/home/ada/audit.jsonl' }, options: { selection: { start: { line: 3, character: 0 } } } },
    ]);
  });

  it('lists many problems', async () => {
    verdict = {
      ...whole,
      isIntact: false,
      problems: [
        { line: 4, message: 'One.' },
        { line: null, message: 'Two.' },
      ],
      problemCount: 120,
    };
    fake.folders = ['/a.jsonl'];
    fake.press = ['Show All'];
    await command().execute();
    expect(fake.documents).toMatchObject([{ document: { content: reportOf(verdict) } }]);
    expect(reportOf(verdict)).toContain('- Line 4: One.\n- Two.\n- And 118 more.\n');
  });

  it('does nothing when no file is chosen', async () => {
    await command().execute();
    expect(client.calls).toEqual([]);
  });
});
