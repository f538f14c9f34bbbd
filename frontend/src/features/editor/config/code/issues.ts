import type { ProblemOut } from '@/api/generated'
import { withHint } from '../../model/problems'

export type Issue = { from: number; to: number; severity: 'error' | 'warning'; message: string }

type Place = NonNullable<ProblemOut['place']>

/** Where in a text its problems are; one without a place is told beside the text alone. */
export function issuesIn(text: string, problems: readonly ProblemOut[]): Issue[] {
  return problems.flatMap(({ place, message, hint, severity }) => {
    const range = place && rangeOf(text, place)
    return range ? [{ ...range, severity, message: withHint(message, hint) }] : []
  })
}

/** The service counts characters, an editor UTF-16 units; a text that has changed since may be shorter. */
function rangeOf(text: string, { line, column, length }: Place): { from: number; to: number } | null {
  const lines = text.split('\n')
  const within = lines[line - 1]
  if (within === undefined || column - 1 > [...within].length) return null
  const start = lines.slice(0, line - 1).reduce((units, each) => units + each.length + 1, 0)
  const from = start + unitsOf(within, column - 1)
  const to = from + unitsOf(text.slice(from), length)
  // What is missing at the end is marked at what stands before it.
  return from < to ? { from, to } : { from: Math.max(0, from - 1), to: from }
}

function unitsOf(text: string, characters: number): number {
  return [...text].slice(0, characters).join('').length
}
