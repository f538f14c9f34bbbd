import type { ColumnOut } from '@/api/generated'
import type { CanvasEdge } from './types'

export type Schemas = Record<string, ColumnOut[]>

/** The columns that arrive at a node, at one input or at all; those of a name that comes twice once. */
export function arriving(id: string, edges: readonly CanvasEdge[], schemas: Schemas, handle?: string): ColumnOut[] {
  const sources = edges.filter(edge => edge.target === id && (handle === undefined || edge.targetHandle === handle))
  const found = new Map<string, ColumnOut>()
  for (const { source } of sources) {
    for (const column of schemas[source] ?? []) if (!found.has(column.name)) found.set(column.name, column)
  }
  return [...found.values()]
}

/** The input whose columns an option is about: `left_on` means the left one's. */
export function handleOf(option: string, handles: readonly string[]): string | undefined {
  return handles.find(handle => handles.length > 1 && option.startsWith(`${handle}_`))
}
