import * as vscode from 'vscode';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import { isCancellation, isSidecarDown, messageOf } from '../../infrastructure/problem';
import { Throttle } from '../../infrastructure/throttle';
import { server } from '../../protocol/methods';
import type { SearchResultsPage } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import {
  keyOf,
  MoreRow,
  moreItem,
  problemItem,
  type ResultElement,
  ResultProblem,
  ResultRow,
  resultItem,
  searchItem,
  SearchRow,
} from './resultElements';
import type { SearchesModel } from './searchesModel';

/** Lines read at once. */
const pageSize = 200;

/** Milliseconds between two drawings: numbers that change faster cannot be read. */
const drawInterval = 1000;

/**
 * The Personal Data view. The lists grow while a search runs, so what is shown is read again from its beginning, as far as it
 * was shown; the sidecar has it on disk.
 */
export class ResultsProvider implements vscode.TreeDataProvider<ResultElement>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ResultElement | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly rows = new Map<string, SearchRow>();
  /** How many lines are shown below a row, where it is not the usual number. */
  private readonly shown = new Map<string, number>();
  private readonly news = new Set<string>();
  private isAll = false;
  private readonly draw: Throttle;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly model: SearchesModel,
    private readonly errors: ErrorPresenter,
  ) {
    this.draw = new Throttle(drawInterval, () => {
      this.tell();
    });
    this.subscription = model.onDidChange((id) => {
      this.isAll ||= id === undefined;
      if (id !== undefined) {
        this.news.add(id);
      }
      this.draw.request();
    });
  }

  getTreeItem(element: ResultElement): vscode.TreeItem {
    if (element instanceof SearchRow) {
      const search = this.model.get(element.searchId);
      return search === undefined
        ? new vscode.TreeItem(element.searchId)
        : searchItem(search, this.model.filterOf(element.searchId));
    }
    if (element instanceof ResultRow) {
      return resultItem(element);
    }
    return element instanceof MoreRow ? moreItem(element) : problemItem(element);
  }

  getParent(element: ResultElement): ResultElement | undefined {
    return element instanceof SearchRow ? undefined : element.parent;
  }

  async getChildren(element?: ResultElement): Promise<ResultElement[]> {
    if (element instanceof MoreRow || element instanceof ResultProblem) {
      return [];
    }
    try {
      if (element === undefined) {
        await this.model.load();
        return this.model.all.map(({ searchId }) => this.row(searchId));
      }
      return await this.read(element);
    } catch (error) {
      if (isCancellation(error)) {
        return [];
      }
      this.errors.write(
        error,
        element === undefined ? server.personalData.searches.method : server.personalData.results.method,
      );
      // Of a sidecar that is down the empty view tells; the list is read again when it is up.
      return element === undefined && isSidecarDown(error) ? [] : [new ResultProblem(element, messageOf(error))];
    }
  }

  /** The same row for the same search, so that a selection survives its progress. */
  row(searchId: string): SearchRow {
    const row = this.rows.get(searchId) ?? new SearchRow(searchId);
    this.rows.set(searchId, row);
    return row;
  }

  /** Shows another page below a row. */
  loadMore(row: MoreRow): void {
    this.shown.set(keyOf(row.parent), row.shown + pageSize);
    this.changed.fire(row.parent);
  }

  dispose(): void {
    this.draw.dispose();
    this.subscription.dispose();
    this.changed.dispose();
  }

  private async read(parent: SearchRow | ResultRow): Promise<ResultElement[]> {
    const wanted = this.shown.get(keyOf(parent)) ?? pageSize;
    const { grades, name } = this.model.filterOf(parent.searchId);
    const found: ResultElement[] = [];
    let pageToken: string | null = null;
    do {
      const page: SearchResultsPage = await this.sidecar.request(server.personalData.results, {
        searchId: parent.searchId,
        parentId: parent instanceof ResultRow ? parent.node.id : null,
        grades: [...grades],
        name,
        pageToken,
        pageSize,
      });
      found.push(...page.nodes.map((node) => new ResultRow(parent.searchId, node, parent)));
      pageToken = page.nextPageToken;
    } while (pageToken !== null && found.length < wanted);
    return pageToken === null ? found : [...found, new MoreRow(parent, found.length)];
  }

  private tell(): void {
    const ids = [...this.news];
    this.news.clear();
    if (this.isAll) {
      this.isAll = false;
      this.changed.fire(undefined);
      return;
    }
    for (const id of ids) {
      this.changed.fire(this.row(id));
    }
  }
}
