import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nearest } from './nearest'
import { isWanted, kindBeside, type Option, optionsOf } from './options'
import { moved, problemsAt, withValue } from './paths'
import { isRepeated, keepLines, linesOf, mappingOf } from './pendingRows'
import { inferred, numberOf } from './values'

type Shipped = { id: string; config_schema: unknown }
const catalog = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../../../../module_operators/catalog.json'), 'utf8'),
) as { modules: Shipped[] }
const formOf = (id: string): Option[] => optionsOf(catalog.modules.find(module => module.id === id)?.config_schema)
const option = (id: string, name: string): Option => {
  const found = formOf(id).find(each => each.name === name)
  if (!found) throw new Error(`${id} has no ${name}`)
  return found
}

describe('the form of a shipped module', () => {
  it('has a field of its own for every option, but for free documents', () => {
    const asJson = catalog.modules.flatMap(({ id }) =>
      formOf(id)
        .filter(each => each.kind.is === 'json')
        .map(each => `${id} ${each.name}`),
    )

    expect(asJson).toEqual(['api-extractor body', 'mongodb-extractor query', 'mongodb-extractor projection'])
  })

  it('asks for what must be given first, then in the order of the module', () => {
    const names = formOf('csv-extractor').map(each => each.name)

    expect(names.slice(0, 3)).toEqual(['file_path', 'delimiter', 'has_header'])
    expect(formOf('postgres-loader').map(each => each.name)).toEqual([
      'connection_id',
      'table_name',
      'if_exists',
      'key_columns',
    ])
  })

  it('shows an option that may be null as one that may stay empty, and one of several ways by its tag', () => {
    expect(option('postgres-extractor', 'limit').kind).toEqual({ is: 'number', whole: true, least: 1, most: undefined })
    expect(option('extract-date-parts-transformer', 'prefix').kind).toEqual({ is: 'text', keepsEmpty: true })
    const pages = option('api-extractor', 'pagination').kind
    expect(pages.is === 'variants' && [pages.tag, pages.variants.map(each => each.value)]).toEqual([
      'type',
      ['none', 'page', 'offset', 'cursor', 'link'],
    ])
  })

  it('offers what fits the other options', () => {
    const rules = option('data-validation-transformer', 'rules').kind
    const value = rules.is === 'rows' ? rules.options.find(each => each.name === 'value') : undefined
    if (!value) throw new Error('no value')

    expect(kindBeside(value, { rule: 'expression' }).is).toBe('expression')
    expect(kindBeside(value, { rule: 'between' }).is).toBe('list')
    expect(isWanted(value, { rule: 'email' })).toBe(false)
    const keys = option('postgres-loader', 'key_columns')
    expect(isWanted(keys, { if_exists: 'append' })).toBe(false)
    expect(isWanted(keys, { if_exists: 'upsert' })).toBe(true)
    // What is set is never hidden, however little it means.
    expect(isWanted(keys, { if_exists: 'append', key_columns: ['id'] })).toBe(true)
  })
})

describe('a change of one value', () => {
  it('leaves all others as they are, and takes the key away with undefined', () => {
    const config = { keys: [{ column: 'a' }, { column: 'b' }], limit: 3 }

    const changed = withValue(config, ['keys', '1', 'column'], 'c') as typeof config

    expect(changed).toEqual({ keys: [{ column: 'a' }, { column: 'c' }], limit: 3 })
    expect(changed.keys[0]).toBe(config.keys[0])
    expect(withValue(config, ['limit'], undefined)).toEqual({ keys: config.keys })
  })

  it('moves an item to another place', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['c', 'a', 'b'])
  })
})

it('finds the problems of a place, and those within it on demand', () => {
  const about = {
    code: 'x',
    severity: 'error',
    node_id: 'a',
    edge_id: null,
    message: 'No.',
    hint: null,
    place: null,
  } as const
  const problems = ['/keys', '/keys/0/a~1b', '/keys_too', null].map(path => ({ ...about, path }))

  expect(problemsAt(problems, ['keys'], false).map(each => each.path)).toEqual(['/keys'])
  expect(problemsAt(problems, ['keys'], true).map(each => each.path)).toEqual(['/keys', '/keys/0/a~1b'])
  expect(problemsAt(problems, ['keys', '0', 'a/b'], false)).toHaveLength(1)
})

it('names the known column that a wrong name is most like, and none that is unlike', () => {
  const known = ['customer_id', 'amount', 'order_date']

  expect(nearest('custmer_id', known)).toBe('customer_id')
  expect(nearest('AMOUNT', known)).toBe('amount')
  expect(nearest('zzz', known)).toBeUndefined()
})

describe('what is typed', () => {
  it('is a number only when it says exactly that number', () => {
    expect([inferred('18'), inferred('-1.5'), inferred('true'), inferred('007'), inferred('1e400')]).toEqual([
      18,
      -1.5,
      true,
      '007',
      '1e400',
    ])
    expect([numberOf('1.'), numberOf('12x'), numberOf('12345678901234567890')]).toEqual([1, undefined, undefined])
  })

  it('is kept when an object cannot hold it', () => {
    const typed = [
      { key: 'a', value: 'x' },
      { key: 'a', value: 'y' },
      { key: '', value: 'z' },
    ]
    keepLines('node/mapping', typed)

    expect(mappingOf(typed)).toEqual({ a: 'x' })
    expect(isRepeated(typed, 1)).toBe(true)
    expect(linesOf('node/mapping', { a: 'x' })).toEqual(typed)
    // Somebody else's change, or an undo, is what counts.
    expect(linesOf('node/mapping', { b: 'x' })).toEqual([{ key: 'b', value: 'x' }])
  })
})
