import type { RJSFSchema } from '@rjsf/utils'

/** A schema as a form shows it: `X or null` is X that may stay empty. */
export function forForm(schema: unknown): RJSFSchema {
  return simplified(schema) as RJSFSchema
}

function simplified(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(simplified)
  if (typeof part !== 'object' || part === null) return part
  const { anyOf, ...rest } = part as Record<string, unknown>
  if (Array.isArray(anyOf)) {
    const real = anyOf.filter(each => (each as { type?: string }).type !== 'null')
    const { default: preset, ...about } = rest
    if (real.length === 1)
      return simplified({ ...(real[0] as object), ...about, ...(preset != null && { default: preset }) })
  }
  const children = Object.entries({ ...rest, ...(anyOf !== undefined && { anyOf }) })
  return Object.fromEntries(children.map(([key, value]) => [key, key === 'default' ? value : simplified(value)]))
}
