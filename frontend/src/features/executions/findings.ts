import type { NodeOut } from '@/api/generated'
import { count } from '@/components/format'
import { strings } from '@/strings'

/** What a node noticed about its data: changes of its source, and rows that broke a rule. */
export function findings({ metrics }: Pick<NodeOut, 'metrics'>): string[] {
  const { schema_changes, failing_rows } = metrics
  const changes = Array.isArray(schema_changes) ? schema_changes.map(String) : []
  return [...changes, ...broken(failing_rows)]
}

function broken(byRule: unknown): string[] {
  if (typeof byRule !== 'object' || byRule === null) return []
  return Object.entries(byRule)
    .filter(([, rows]) => typeof rows === 'number' && rows > 0)
    .map(([rule, rows]) => strings.executions.failing(rule, count(rows as number)))
}
