import type { ConnectionOut, ConnectionTypeOut } from '@/api/generated'

/** One entry of a connection's form, as its JSON Schema says it. */
export type Entry = {
  type: 'string' | 'integer' | 'boolean' | 'object'
  title: string
  description?: string
  default?: unknown
  enum?: string[]
  writeOnly?: boolean
  minimum?: number
  maximum?: number
}

type Form = { properties: Record<string, Entry>; required: string[] }

/** What was typed; an object is text until it is sent. */
export type Typed = Record<string, string | number | boolean | undefined>

export function entriesOf(type: ConnectionTypeOut | undefined): [string, Entry & { isRequired: boolean }][] {
  if (!type) return []
  const { properties, required } = type.form as Form
  return Object.entries(properties).map(([name, entry]) => [name, { ...entry, isRequired: required.includes(name) }])
}

/** What a form begins with: what is saved, else the defaults; secrets are never there. */
export function typedOf(type: ConnectionTypeOut | undefined, saved: ConnectionOut | null): Typed {
  return Object.fromEntries(
    entriesOf(type).map(([name, entry]) => {
      const value = saved ? saved.fields[name] : entry.default
      const shown = entry.type === 'object' && value !== undefined ? JSON.stringify(value, null, 2) : value
      return [name, shown as Typed[string]]
    }),
  )
}

/** What is sent: without what is empty; a secret that was not typed is left out, and stays as it is. */
export function fieldsOf(type: ConnectionTypeOut | undefined, typed: Typed): Record<string, unknown> {
  const given = entriesOf(type).flatMap(([name, entry]) => {
    const value = typed[name]
    if (value === undefined || value === '') return []
    return [[name, entry.type === 'object' ? JSON.parse(String(value)) : value]]
  })
  return Object.fromEntries(given)
}

/** Whether a text is a JSON object. */
export function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
