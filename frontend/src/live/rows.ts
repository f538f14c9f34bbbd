import type { NodeOut } from '@/api/generated'

/** The rows that arrived at the ends of a pipeline: what nodes took in and handed to no other; null before any did. */
export function rowsLoaded(nodes: readonly NodeOut[]): number | null {
  const loaders = nodes.filter(({ rows_in, rows_out }) => rows_in !== null && rows_out === null)
  return loaders.length === 0 ? null : loaders.reduce((sum, { rows_in }) => sum + (rows_in ?? 0), 0)
}
