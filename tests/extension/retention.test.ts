import * as vscode from 'vscode';
import { beforeEach, describe, expect, it } from 'vitest';
import { BulkFilterForm, conditionsOf } from '../../extension/src/features/changes/bulkFilter';
import { ChangeFlow } from '../../extension/src/features/changes/changeFlow';
import { ExportFirst } from '../../extension/src/features/changes/exportFirst';
import { OperationsModel } from '../../extension/src/features/operations/operationsModel';
import { NewRuleCommand, RulesCommand } from '../../extension/src/features/retention/commands';
import { RuleForm } from '../../extension/src/features/retention/ruleForm';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import type { PickGoal } from '../../extension/src/infrastructure/nodePicking';
import { Settings } from '../../extension/src/infrastructure/settings';
import { Problem } from '../../extension/src/infrastructure/problem';
import { server } from '../../extension/src/protocol/methods';
import type {
  RetentionPlanParams,
  RetentionRule,
  RetentionSaveParams,
  TreeNode,
} from '../../extension/src/protocol/types';
import { FakeClient } from './fakes/client';
import { plan, review, treeNode } from './fakes/data';
import { FakeLog } from './fakes/log';
import { fake } from './fakes/vscode';

const experiment = treeNode('exp:1', { kind: 'experiment', label: 'credit-scoring', actions: ['refresh'] });
const old: RetentionRule = {
  id: 'rule-1',
  revision: 3,
  name: 'Old failures',
  nodeId: 'exp:1',
  workspace: 'sample-ws',
  experiment: 'credit-scoring',
  action: 'deleteRunsAndData',
  filter: {
    olderThanDays: 30,
    statuses: ['Failed'],
    name: null,
    tag: null,
    createdBy: null,
    unreferenced: false,
    withoutModel: true,
  },
  includeChildren: true,
  includeVersionsAndSnapshots: false,
  problem: null,
};

let client: FakeClient;
let rules: RetentionRule[];
let notice: string | null;
let saved: RetentionSaveParams[];
let planned: RetentionPlanParams[];
let goals: PickGoal[];
let picked: readonly TreeNode[] | undefined;
let refusals: Problem[];
let list: RulesCommand;
let make: NewRuleCommand;

const choose =
  (part: string) =>
  (items: readonly { label: string }[]): { label: string } | undefined =>
    items.find((item) => item.label.includes(part));
const tick =
  (...labels: string[]) =>
  (items: readonly { label: string }[]): readonly { label: string }[] =>
    items.filter((item) => labels.includes(item.label));

beforeEach(() => {
  client = new FakeClient();
  rules = [old];
  notice = null;
  saved = [];
  planned = [];
  goals = [];
  picked = undefined;
  refusals = [];
  const tree = { selected: [], refreshAround: () => Promise.resolve() };
  const picker = {
    pick: (goal: PickGoal): Promise<readonly TreeNode[] | undefined> => {
      goals.push(goal);
      return Promise.resolve(picked);
    },
  };
  const operations = new OperationsModel(client);
  const exports = {
    start: () => Promise.resolve(undefined),
    showFiles: () => Promise.resolve(),
    startWorkspaces: () => Promise.resolve(undefined),
  };
  const flow = new ChangeFlow(
    client,
    new Settings(),
    operations,
    tree,
    new ExportFirst(client, exports, operations),
    new BulkFilterForm(),
    vscode.Uri.file('/ext'),
    new ErrorPresenter(new FakeLog().channel),
  );
  const form = new RuleForm(client, flow, picker);
  list = new RulesCommand(client, flow, form);
  make = new NewRuleCommand(form);
  client.answer(server.retention.rules, () => ({ rules, notice }));
  client.answer(server.retention.save, (params) => {
    saved.push(params);
    const refusal = refusals.shift();
    if (refusal !== undefined) {
      throw refusal;
    }
    const rule = { ...old, ...params, id: params.id ?? 'new', experiment: null, problem: null };
    rules = [...rules.filter((one) => one.id !== rule.id), rule];
    return { id: rule.id, all: { rules, notice } };
  });
  client.answer(server.retention.remove, ({ ruleId }) => {
    rules = rules.filter((rule) => rule.id !== ruleId);
    return { rules, notice };
  });
  client.answer(server.retention.plan, (params) => {
    planned.push(params);
    return plan('p', { verb: 'delete', title: 'Rule "Old failures": delete 14 runs', review: review() });
  });
});

describe('"Retention Rules..."', () => {
  it('lists what there is in words, and opens the plan of the one that is chosen', async () => {
    let shown: readonly { label: string; description?: string; detail?: string }[] = [];
    fake.picks = [
      (items) => {
        shown = items;
        return choose('Old failures')(items);
      },
      choose('Show What It Would Do'),
    ];
    await list.execute();
    expect(shown[0]).toMatchObject({
      description: 'sample-ws / credit-scoring',
      detail: 'Delete the runs and their data: older than 30 days, Failed, without a registered model',
    });
    expect(planned).toMatchObject([{ ruleId: 'rule-1', typeNames: true, typeAboveBytes: 2 ** 30 }]);
    expect(fake.panels).toHaveLength(1);
    expect(client.calls.map((call) => call.method)).not.toContain('operations/start');
  });

  it('says of a rule that makes no plan why, and tells of a damaged file', async () => {
    rules = [{ ...old, problem: 'An age of -5 days makes no sense for a rule.' }];
    notice = 'The file of the retention rules was damaged. It is kept as /x.';
    let detail: unknown;
    fake.picks = [
      (items) => {
        detail = (items[0] as { detail?: string } | undefined)?.detail;
        return undefined;
      },
    ];
    await list.execute();
    expect(detail).toBe('An age of -5 days makes no sense for a rule.');
    expect(fake.shown).toMatchObject([{ level: 'warning', message: notice }]);
    expect(planned).toEqual([]);
  });

  it('removes one only when that is confirmed', async () => {
    fake.picks = [choose('Old failures'), choose('Remove')];
    await list.execute();
    expect(rules).toHaveLength(1);
    fake.picks = [choose('Old failures'), choose('Remove')];
    fake.press = ['Remove'];
    await list.execute();
    expect(rules).toEqual([]);
  });

  it('edits one from what it is, and sends the revision that was seen', async () => {
    fake.picks = [
      choose('Old failures'),
      choose('Edit'),
      choose('Delete the data of the runs'),
      choose('Older Than'),
      choose('Go On'),
      tick('Also older versions and snapshots'),
    ];
    fake.inputs = ['365', 'Old outputs'];
    await list.execute();
    expect(saved).toEqual([
      {
        id: 'rule-1',
        revision: 3,
        name: 'Old outputs',
        nodeId: 'exp:1',
        action: 'deleteData',
        filter: { ...old.filter, olderThanDays: 365 },
        includeChildren: false,
        includeVersionsAndSnapshots: true,
      },
    ]);
    expect(fake.shown.at(-1)?.message).toBe('The rule "Old outputs" is saved. It does nothing by itself.');
  });
});

describe('"New Retention Rule..."', () => {
  const answers = (): void => {
    fake.picks = [
      choose('Delete the runs and their data'),
      choose('Without a Registered Model'),
      choose('Go On'),
      tick('Include child runs'),
    ];
  };

  it('is for the experiment it was invoked on; the plan is shown when asked for', async () => {
    answers();
    fake.inputs = ['No model'];
    fake.press = ['Show What It Would Do'];
    await make.execute({ node: experiment });
    expect(goals).toEqual([]);
    expect(saved).toMatchObject([
      {
        id: null,
        revision: 0,
        name: 'No model',
        nodeId: 'exp:1',
        filter: { withoutModel: true },
        includeChildren: true,
      },
    ]);
    expect(planned).toMatchObject([{ ruleId: 'new' }]);
  });

  it('asks from the palette what it is for', async () => {
    answers();
    picked = [treeNode('all', { kind: 'experiments' })];
    fake.inputs = ['No model'];
    await make.execute();
    expect(goals).toMatchObject([{ kinds: ['experiments', 'experiment'], many: false }]);
    expect(saved[0]?.nodeId).toBe('all');
    picked = undefined;
    await make.execute();
    expect(saved).toHaveLength(1);
  });

  it('asks for another name when that one is taken, and keeps the rest', async () => {
    answers();
    refusals = [new Problem('This workspace has a rule "Old failures" already.', { code: 'retention.nameTaken' })];
    fake.inputs = ['Old failures', 'Other name'];
    await make.execute({ node: experiment });
    expect(saved.map((rule) => rule.name)).toEqual(['Old failures', 'Other name']);
    expect(fake.shownInputs.at(-1)?.prompt).toBe('This workspace has a rule "Old failures" already.');
  });

  it('tells of any other refusal', async () => {
    answers();
    refusals = [new Problem('Changed in another window.', { code: 'retention.changed' })];
    fake.inputs = ['Name'];
    await expect(make.execute({ node: experiment })).rejects.toThrow('Changed in another window.');
  });

  it.each(['0', '-1', '36501', 'x'])('takes no age of %s days', async (days) => {
    fake.picks = [choose('Archive the runs'), choose('Older Than'), (): undefined => undefined];
    fake.inputs = [undefined];
    await make.execute({ node: experiment });
    const said = fake.shownInputs.at(-1)?.validateInput?.(days);
    expect(said).toBe('Type a whole number of days from 1 to 36,500.');
    expect(saved).toEqual([]);
  });

  it.each([0, 1, 2, 3])('is not saved when step %i is closed', async (step) => {
    answers();
    fake.picks = [...fake.picks.slice(0, step), (): undefined => undefined];
    fake.inputs = ['No model'];
    await make.execute({ node: experiment });
    expect(saved).toEqual([]);
  });
});

describe('a filter in words', () => {
  it('names every condition', () => {
    expect(conditionsOf({ ...old.filter, name: 'a*', unreferenced: true })).toEqual([
      'older than 30 days',
      'Failed',
      'name "a*"',
      'without a registered model',
      'not referred to',
    ]);
  });
});
