type Schema = Record<string, unknown>

export type Option = {
  name: string
  kind: string
  isRequired: boolean
  initial: string | undefined
  description: string
}

/** A module's options in the order of its schema. */
export function optionsOf(schema: Schema): Option[] {
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries((schema.properties ?? {}) as Record<string, Schema>).map(([name, given]) => ({
    name,
    kind: kindOf(given, schema),
    isRequired: required.includes(name),
    initial: 'default' in given ? JSON.stringify(given.default) : undefined,
    description: String(given.description ?? given.title ?? ''),
  }))
}

/** What values a schema takes, in a few words: `text`, `list of text`, `one of "a", "b"`. */
export function kindOf(schema: Schema, root: Schema): string {
  const resolved = follow(schema, root)
  if (Array.isArray(resolved.enum)) return resolved.enum.map(each => JSON.stringify(each)).join(' | ')
  if ('const' in resolved) return JSON.stringify(resolved.const)
  const choices = resolved.anyOf ?? resolved.oneOf
  if (Array.isArray(choices)) {
    const kinds = (choices as Schema[]).filter(each => each.type !== 'null').map(each => kindOf(each, root))
    return [...new Set(kinds)].join(' | ')
  }
  if (resolved.type === 'array') return `list of ${kindOf((resolved.items ?? {}) as Schema, root)}`
  const types = [resolved.type].flat().filter(each => typeof each === 'string' && each !== 'null')
  return types.length > 0 ? types.join(' | ') : 'any value'
}

function follow(schema: Schema, root: Schema): Schema {
  const reference = schema.$ref
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema
  const found = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Schema)[key] : undefined), root)
  // A list of groups holds groups: one step is enough to name it.
  return (found ?? {}) as Schema
}
