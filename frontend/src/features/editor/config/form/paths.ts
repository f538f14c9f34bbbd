import type { ProblemOut } from '@/api/generated'

/** Where in a node's options a value is: `['aggregations', '0', 'column']`. */
export type Path = readonly string[]

/** As problems name it: `/aggregations/0/column`. */
export function pointerOf(path: Path): string {
  return path.map(step => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    root,
  )
}

/** A copy with another value at the place; undefined takes the key away. What is no container on the way becomes one. */
export function withValue(root: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(root))
    return root.map((each, position) => (String(position) === step ? withValue(each, rest, value) : each))
  const record = typeof root === 'object' && root !== null ? (root as Record<string, unknown>) : {}
  const inner = withValue(record[step], rest, value)
  if (inner !== undefined) return { ...record, [step]: inner }
  const { [step]: _gone, ...others } = record
  return others
}

/** The problems of a place; `deep` also those further in, for a field that is the last on the way. */
export function problemsAt(problems: readonly ProblemOut[], path: Path, deep: boolean): ProblemOut[] {
  const pointer = pointerOf(path)
  return problems.filter(({ path: at }) => at === pointer || (deep && at?.startsWith(`${pointer}/`)))
}

/** A list with one of its items elsewhere. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, position) => position !== from)
  const at = Math.max(0, Math.min(to, rest.length))
  return [...rest.slice(0, at), items[from] as T, ...rest.slice(at)]
}
