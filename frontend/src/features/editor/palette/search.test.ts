import { expect, it } from 'vitest'
import { firstIn, foundIn, type TYPES } from './search'

const module = (type: (typeof TYPES)[number], display_name: string, description = '', is_active = true) => ({
  type,
  display_name,
  description,
  category: 'rows',
  tags: [],
  is_active,
})
const MODULES = [
  module('extractor', 'PostgreSQL', 'Read a table, filter pushed down'),
  module('transformer', 'Join'),
  module('transformer', 'Remove Nulls', 'A filter for gaps'),
  module('transformer', 'Filter Rows'),
  module('loader', 'Filter off', '', false),
]
const named = (modules: { display_name: string }[]) => modules.map(({ display_name }) => display_name)

it('finds what is named or described so, what is named first, and nothing that is switched off', () => {
  const { extractor, transformer, loader } = foundIn(MODULES, ' FILTER ')

  expect(named(transformer)).toEqual(['Filter Rows', 'Remove Nulls'])
  expect(named(extractor)).toEqual(['PostgreSQL'])
  expect(loader).toEqual([])
})

it('Enter means a module of this name, also behind others that only mention it', () => {
  expect(firstIn(foundIn(MODULES, 'filter'), 'filter')?.display_name).toBe('Filter Rows')
  expect(firstIn(foundIn(MODULES, 'gaps'), 'gaps')?.display_name).toBe('Remove Nulls')
  expect(firstIn(foundIn(MODULES, 'no such'), 'no such')).toBeUndefined()
})
