import type { TreeNode } from '../../protocol/types';
import type { PageRequest } from './treeReader';
import { ToolInputError } from './toolInput';

/** As many as a window remembers; the oldest go first. */
const remembered = 2000;

/** Short ids for what was listed: a model can name only what it was shown in this window. */
export class Handles {
  private readonly byId = new Map<string, TreeNode>();
  private readonly byNode = new Map<string, string>();
  private readonly pages = new Map<string, { readonly of: string; readonly request: PageRequest }>();
  private next = 1;

  idOf(node: TreeNode): string {
    let id = this.byNode.get(node.id);
    if (id === undefined) {
      id = `${node.kind}-${this.next++}`;
      this.byNode.set(node.id, id);
    }
    this.byId.set(id, node);
    const [oldest] = this.byId;
    if (this.byId.size > remembered && oldest !== undefined) {
      this.byId.delete(oldest[0]);
      this.byNode.delete(oldest[1].id);
    }
    return id;
  }

  /** @throws ToolInputError when it was never given out. */
  nodeOf(id: string): TreeNode {
    const node = this.byId.get(id);
    if (node === undefined) {
      throw new ToolInputError(
        `${JSON.stringify(id.slice(0, 100))} is not known. Pass an id that amlData_findRuns or amlData_listModels gave.`,
      );
    }
    return node;
  }

  /** A token for the page that follows. @param of what is listed, so that no list is continued as another. */
  pageOf(of: string, request: PageRequest): string {
    const token = `page-${this.next++}`;
    this.pages.set(token, { of, request });
    const [oldest] = this.pages.keys();
    if (this.pages.size > remembered && oldest !== undefined) {
      this.pages.delete(oldest);
    }
    return token;
  }

  /** @throws ToolInputError when it was never given out for that list. */
  requestOf(of: string, token: string): PageRequest {
    const page = this.pages.get(token);
    if (page?.of !== of) {
      throw new ToolInputError('"page" is not known. Pass the "nextPage" of the result before, or leave it out.');
    }
    return page.request;
  }
}
