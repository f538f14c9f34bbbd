import type { ColumnRef, LineageOut } from '@/api/generated'

/** The columns of one step that a trace goes through. */
export type Passed = { nodeId: string; columns: string[] }

/** What a column is made of and what is made of it, in the order in which rows flow, and the way between steps. */
export type Trace = { from: Passed[]; to: Passed[]; columns: Record<string, string[]>; links: ReadonlySet<string> }

export function linkOf(source: string, target: string): string {
  return `${source}\n${target}`
}

/** Follows a column through the whole pipeline, both ways. */
export function traced(lineage: LineageOut, start: ColumnRef): Trace {
  const before = new Map<string, ColumnRef[]>()
  const after = new Map<string, ColumnRef[]>()
  for (const { node_id, columns } of lineage.nodes)
    for (const { column, inputs } of columns) {
      before.set(keyOf({ node_id, column }), inputs)
      for (const input of inputs) {
        const key = keyOf(input)
        after.set(key, [...(after.get(key) ?? []), { node_id, column }])
      }
    }
  const order = lineage.nodes.map(({ node_id }) => node_id)
  const links = new Set<string>()
  const from = walked(start, before, (here, next) => links.add(linkOf(next.node_id, here.node_id)))
  const to = walked(start, after, (here, next) => links.add(linkOf(here.node_id, next.node_id)))
  const all = [start, ...from, ...to]
  return {
    from: byStep(from, order),
    to: byStep(to, order),
    columns: Object.fromEntries(byStep(all, order).map(({ nodeId, columns }) => [nodeId, columns])),
    links,
  }
}

/** Everything that can be reached, each column once. */
function walked(
  start: ColumnRef,
  next: ReadonlyMap<string, ColumnRef[]>,
  passed: (here: ColumnRef, next: ColumnRef) => void,
): ColumnRef[] {
  const found = new Map<string, ColumnRef>()
  const waiting = [start]
  for (let here = waiting.pop(); here !== undefined; here = waiting.pop())
    for (const each of next.get(keyOf(here)) ?? []) {
      passed(here, each)
      if (found.has(keyOf(each))) continue
      found.set(keyOf(each), each)
      waiting.push(each)
    }
  return [...found.values()]
}

function byStep(columns: readonly ColumnRef[], order: readonly string[]): Passed[] {
  return order.flatMap(nodeId => {
    const ofStep = columns.filter(each => each.node_id === nodeId).map(each => each.column)
    return ofStep.length > 0 ? [{ nodeId, columns: ofStep }] : []
  })
}

function keyOf({ node_id, column }: ColumnRef): string {
  return `${node_id}\n${column}`
}
