import type { ProblemOut } from '@/api/generated'
import { isEqual } from './equality'

/** Problems by what they are about, so that each node and edge looks at its own. */
export type ProblemIndex = { nodes: Record<string, ProblemOut[]>; edges: Record<string, ProblemOut[]> }

export function indexed(problems: readonly ProblemOut[], before?: ProblemIndex): ProblemIndex {
  const index: ProblemIndex = { nodes: {}, edges: {} }
  for (const problem of problems) {
    if (problem.node_id) add(index.nodes, problem.node_id, problem)
    if (problem.edge_id) add(index.edges, problem.edge_id, problem)
  }
  if (before) {
    keepSame(index.nodes, before.nodes)
    keepSame(index.edges, before.edges)
  }
  return index
}

export function withHint(message: string, hint: string | null): string {
  return hint ? `${message} ${hint}` : message
}

/** The steps of a JSON pointer. */
export function steps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function add(index: Record<string, ProblemOut[]>, id: string, problem: ProblemOut): void {
  index[id] = [...(index[id] ?? []), problem]
}

/** What is as it was keeps its identity, so that nothing is drawn again for it. */
function keepSame(now: Record<string, ProblemOut[]>, before: Record<string, ProblemOut[]>): void {
  for (const [id, known] of Object.entries(before)) if (isEqual(now[id], known)) now[id] = known
}
