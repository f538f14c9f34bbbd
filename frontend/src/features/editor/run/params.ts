export type Kind = 'boolean' | 'number' | 'text' | 'json'

/** How a parameter is asked for: as what its default is. */
export function kindOf(value: unknown): Kind {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number') return 'number'
  return typeof value === 'string' ? 'text' : 'json'
}

/** The value that a text of JSON stands for; undefined when it is none. */
export function jsonIn(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** What was changed: a run is started with that, and takes the rest from the pipeline as it is then. */
export function differing(
  params: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name])),
  )
}
