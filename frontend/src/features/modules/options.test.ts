import { expect, it } from 'vitest'
import { kindOf, optionsOf } from './options'

const root = { $defs: { Key: { type: 'object' }, Order: { enum: ['asc', 'desc'] } } }

it('names what values an option takes', () => {
  const schemas = [
    { type: 'string' },
    { type: 'array', items: { $ref: '#/$defs/Key' } },
    { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    { $ref: '#/$defs/Order' },
    { const: 'all' },
    {},
  ]

  expect(schemas.map(schema => kindOf(schema, root))).toEqual([
    'string',
    'list of object',
    'integer',
    '"asc" | "desc"',
    '"all"',
    'any value',
  ])
})

it('lists options with what they begin with', () => {
  const schema = {
    required: ['path'],
    properties: { path: { type: 'string', description: 'Where' }, header: { type: 'boolean', default: true } },
  }

  expect(optionsOf(schema)).toEqual([
    { name: 'path', kind: 'string', isRequired: true, initial: undefined, description: 'Where' },
    { name: 'header', kind: 'boolean', isRequired: false, initial: 'true', description: '' },
  ])
})
