/** A plain value as somebody typed it: numbers and true or false by their look, all else text. */
export function inferred(typed: string): string | number | boolean {
  if (typed === 'true' || typed === 'false') return typed === 'true'
  const number = numberOf(typed)
  return number !== undefined && String(number) === typed ? number : typed
}

/** The number that a text is; undefined when it is none, or would lose digits. */
export function numberOf(typed: string): number | undefined {
  const text = typed.trim()
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  const number = Number(text)
  const isExact = !Number.isInteger(number) || Number.isSafeInteger(number)
  return Number.isFinite(number) && isExact ? number : undefined
}

/** A value as text, to be typed in or read. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
