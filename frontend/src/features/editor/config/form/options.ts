/** What a value is, and so which field edits it. */
export type Kind =
  | { is: 'text'; keepsEmpty: boolean }
  | { is: 'number'; whole: boolean; least?: number; most?: number }
  | { is: 'boolean' }
  | { is: 'choice'; values: unknown[] }
  | { is: 'scalar'; takesNull: boolean }
  | { is: 'column' | 'column-type' | 'connection' | 'file-path' | 'table' | 'expression' | 'sql' }
  | { is: 'list'; item: Kind }
  | { is: 'rows'; options: Option[] }
  | { is: 'record'; options: Option[] }
  | { is: 'variants'; tag: string; variants: Variant[] }
  | { is: 'map'; key: Kind; value: Kind }
  | { is: 'json' | 'none' }

export type Variant = { value: string; help: string; options: Option[] }

/** One option of a module, as its form shows it. */
export type Option = {
  name: string
  kind: Kind
  title: string
  help: string
  examples: unknown[]
  preset: unknown
  isRequired: boolean
  isAdvanced: boolean
  /** An expression that is true or false. */
  isCondition?: boolean
  /** What a number counts. */
  unit?: string
  /** The handle that its columns come from. */
  input?: string
  /** The option that is edited beside it, in pairs. */
  pair?: string
  when?: Record<string, unknown[]>
  by?: Record<string, Record<string, string>>
}

type Schema = Record<string, unknown> & {
  type?: string
  format?: string
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  propertyNames?: Schema
  additionalProperties?: Schema | boolean
  required?: string[]
}
type Definitions = Record<string, Schema>

const FORMATS = new Set(['column', 'column-type', 'connection', 'file-path', 'table', 'expression', 'sql'])
const PLAIN = new Set(['string', 'integer', 'number', 'boolean'])

/** The options that a module's JSON Schema describes, what must be given first. */
export function optionsOf(schema: unknown): Option[] {
  const root = schema as Schema & { $defs?: Definitions }
  return described(root, root.$defs ?? {})
}

function described(schema: Schema, definitions: Definitions): Option[] {
  const known = schema.properties ?? {}
  const required = new Set(schema.required ?? [])
  const order = (schema['x-order'] as string[] | undefined) ?? []
  const names = [...order.filter(name => name in known), ...Object.keys(known).filter(name => !order.includes(name))]
  const options = names.map(name => optionOf(name, known[name] ?? {}, required.has(name), definitions))
  return [...options.filter(option => option.isRequired), ...options.filter(option => !option.isRequired)]
}

function optionOf(name: string, schema: Schema, isRequired: boolean, definitions: Definitions): Option {
  return {
    name,
    kind: kindOf(schema, definitions),
    title: (schema.title as string | undefined) ?? name,
    help: (schema.description as string | undefined) ?? '',
    examples: (schema.examples as unknown[] | undefined) ?? [],
    preset: schema.default,
    isRequired,
    isAdvanced: schema['x-advanced'] === true && !isRequired,
    isCondition: schema['x-condition'] === true,
    unit: schema['x-unit'] as string | undefined,
    input: schema['x-input'] as string | undefined,
    pair: schema['x-pair'] as string | undefined,
    when: schema['x-when'] as Option['when'],
    by: schema['x-by'] as Option['by'],
  }
}

function kindOf(given: Schema, definitions: Definitions): Kind {
  const schema = resolved(given, definitions)
  if (schema.oneOf) return variantsOf(schema.oneOf, definitions) ?? { is: 'json' }
  if (schema.anyOf) return ofAlternatives(schema.anyOf, definitions)
  if (schema.enum) return { is: 'choice', values: schema.enum as unknown[] }
  if (schema.format && FORMATS.has(schema.format)) return { is: schema.format } as Kind
  switch (schema.type) {
    case 'string':
      return { is: 'text', keepsEmpty: false }
    case 'integer':
    case 'number':
      return {
        is: 'number',
        whole: schema.type === 'integer',
        least: (schema.minimum ?? schema.exclusiveMinimum) as number | undefined,
        most: (schema.maximum ?? schema.exclusiveMaximum) as number | undefined,
      }
    case 'boolean':
      return { is: 'boolean' }
    case 'array':
      return listOf(schema, definitions)
    case 'object':
      return ofObject(schema, definitions)
    default:
      return { is: 'json' }
  }
}

function ofAlternatives(all: Schema[], definitions: Definitions): Kind {
  const real = all.map(each => resolved(each, definitions)).filter(each => each.type !== 'null')
  const [only] = real
  if (real.length === 1 && only) return kindOf(only, definitions)
  const isText = (each: Schema) => each.type === 'string' || typeof each.const === 'string'
  if (real.every(isText)) return { is: 'text', keepsEmpty: real.some(each => each.const === '') }
  const takesNull = real.length < all.length
  if (real.every(each => PLAIN.has(each.type ?? ''))) return { is: 'scalar', takesNull }
  return { is: 'json' }
}

function listOf(schema: Schema, definitions: Definitions): Kind {
  const item = kindOf(schema.items ?? {}, definitions)
  if (item.is === 'record') return { is: 'rows', options: item.options }
  const isPlain = ['text', 'number', 'scalar', 'choice', 'column'].includes(item.is)
  return isPlain ? { is: 'list', item } : { is: 'json' }
}

function ofObject(schema: Schema, definitions: Definitions): Kind {
  if (schema.properties) return { is: 'record', options: described(schema, definitions) }
  if (typeof schema.additionalProperties !== 'object') return { is: 'json' }
  const key = schema.propertyNames ? kindOf({ type: 'string', ...schema.propertyNames }, definitions) : undefined
  const value = kindOf(schema.additionalProperties, definitions)
  const isPlain = ['text', 'number', 'boolean', 'scalar', 'choice', 'column', 'column-type'].includes(value.is)
  return isPlain ? { is: 'map', key: key ?? { is: 'text', keepsEmpty: false }, value } : { is: 'json' }
}

/** Alternatives told apart by a tag: the property that is a constant in each. */
function variantsOf(all: Schema[], definitions: Definitions): Kind | undefined {
  const branches = all.map(each => resolved(each, definitions))
  const tag = Object.entries(branches[0]?.properties ?? {}).find(([, each]) => 'const' in each)?.[0]
  if (!tag || branches.some(each => each.properties?.[tag]?.const === undefined)) return undefined
  const variants = branches.map(each => ({
    value: String(each.properties?.[tag]?.const),
    help: (each.properties?.[tag]?.description as string | undefined) ?? '',
    options: described(each, definitions).filter(option => option.name !== tag),
  }))
  return { is: 'variants', tag, variants }
}

function resolved(schema: Schema, definitions: Definitions): Schema {
  const name = (schema.$ref as string | undefined)?.split('/').at(-1)
  const { $ref, ...about } = schema
  return name && definitions[name] ? { ...definitions[name], ...about } : schema
}

/** What the option is beside these values of its siblings. */
export function kindBeside(option: Option, siblings: Readonly<Record<string, unknown>>): Kind {
  for (const [name, kinds] of Object.entries(option.by ?? {})) {
    const is = kinds[String(siblings[name])]
    if (is === 'list') return { is: 'list', item: { is: 'scalar', takesNull: false } }
    if (is === 'scalar') return { is: 'scalar', takesNull: false }
    if (is === 'text') return { is: 'text', keepsEmpty: false }
    if (is) return { is } as Kind
  }
  return option.kind
}

/** Whether the option means something beside these values; one that is set is always shown. */
export function isWanted(option: Option, siblings: Readonly<Record<string, unknown>>): boolean {
  const value = siblings[option.name]
  const isSet = value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
  if (isSet) return true
  if (kindBeside(option, siblings).is === 'none') return false
  return Object.entries(option.when ?? {}).every(([name, values]) => values.includes(siblings[name]))
}
