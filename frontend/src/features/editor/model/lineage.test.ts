import { expect, it } from 'vitest'
import type { LineageOut } from '@/api/generated'
import { linkOf, traced } from './lineage'

const ref = (node_id: string, column: string) => ({ node_id, column })
const column = (name: string, ...inputs: ReturnType<typeof ref>[]) => ({ column: name, inputs, sources: [] })

/** a and b meet in a join; what it gives is summed up, and written twice. */
const lineage: LineageOut = {
  pipeline_id: 'p',
  revision: 1,
  unknown: [],
  nodes: [
    { node_id: 'a', columns: [column('id'), column('net'), column('tax')] },
    { node_id: 'b', columns: [column('id'), column('name')] },
    {
      node_id: 'join',
      columns: [
        column('id', ref('a', 'id'), ref('b', 'id')),
        column('gross', ref('a', 'net'), ref('a', 'tax')),
        column('name', ref('b', 'name')),
      ],
    },
    { node_id: 'sum', columns: [column('total', ref('join', 'gross')), column('name', ref('join', 'name'))] },
    { node_id: 'x', columns: [column('total', ref('sum', 'total'))] },
    { node_id: 'y', columns: [column('total', ref('sum', 'total'))] },
  ],
}

it('follows a column to what it is made of and to what is made of it, in the order of the flow', () => {
  const { from, to, columns, links } = traced(lineage, ref('join', 'gross'))

  expect(from).toEqual([{ nodeId: 'a', columns: ['net', 'tax'] }])
  expect(to).toEqual([
    { nodeId: 'sum', columns: ['total'] },
    { nodeId: 'x', columns: ['total'] },
    { nodeId: 'y', columns: ['total'] },
  ])
  expect(columns).toMatchObject({ a: ['net', 'tax'], join: ['gross'], x: ['total'] })
  expect(columns.b).toBeUndefined()
  expect([...links].sort()).toEqual(
    [linkOf('a', 'join'), linkOf('join', 'sum'), linkOf('sum', 'x'), linkOf('sum', 'y')].sort(),
  )
})

it('goes back through all steps, and ends where a column is read', () => {
  expect(traced(lineage, ref('y', 'total')).from.map(({ nodeId }) => nodeId)).toEqual(['a', 'join', 'sum'])
  expect(traced(lineage, ref('b', 'name'))).toMatchObject({ from: [], columns: { b: ['name'], sum: ['name'] } })
})
