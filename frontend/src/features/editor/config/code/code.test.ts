import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { sql } from '@codemirror/lang-sql'
import { EditorState } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import { expressionWords, parameterNames } from './completion'
import { issuesIn } from './issues'
import { quoted } from './quoted'
import { tablesNamed } from './tablesNamed'

const about = { code: 'x', severity: 'error', node_id: 'n', edge_id: null, path: '/condition', hint: null } as const
const marked = (text: string, line: number, column: number, length: number) =>
  issuesIn(text, [{ ...about, message: 'No.', place: { line, column, length } }]).map(({ from, to }) =>
    text.slice(from, to),
  )

describe('a problem in a text', () => {
  it('is marked at its place', () => {
    expect(marked('amount > 10 AND staus = 1', 1, 17, 5)).toEqual(['staus'])
    expect(marked('a = 1\nAND "b c" > 2', 2, 5, 5)).toEqual(['"b c"'])
    // Each of the two is one character to the service, and two units to a browser.
    expect(marked("name = '🙂🙂' OR nme = '🙂'", 1, 16, 9)).toEqual(["nme = '🙂'"])
  })

  it('is marked at the end when something is missing there, and never outside', () => {
    expect(marked('amount >', 1, 9, 0)).toEqual(['>'])
    expect(marked('amount', 7, 1, 3)).toEqual([])
    expect(marked('amount', 1, 9, 3)).toEqual([])
  })

  it('is not marked when nobody knows where it is', () => {
    expect(issuesIn('SELECT "a"', [{ ...about, place: null, message: 'There is no "a".' }])).toEqual([])
  })
})

describe('completion', () => {
  const columns = [
    { name: 'amount', type: 'decimal(12,2)' },
    { name: 'unit price', type: 'float' },
    { name: 'order', type: 'string' },
  ]
  const functions = [
    { name: 'coalesce', category: 'Nulls', signature: 'coalesce(value, …)', description: '', example: '' },
  ]
  const at = (text: string, source = expressionWords(columns, functions)) =>
    source(
      new CompletionContext(EditorState.create({ doc: text, extensions: sql() }), text.length, false),
    ) as CompletionResult | null

  it('offers columns, functions and words, and nothing within a text or a number', () => {
    const labels = at('am')?.options.map(each => each.label)

    expect(labels).toEqual(expect.arrayContaining(['amount', 'unit price', 'coalesce', 'BETWEEN']))
    expect(at("'am")).toBeNull()
    expect(at('12')).toBeNull()
  })

  it('writes a name that is no plain word in quotes', () => {
    expect(['amount', 'unit price', 'say "x"', 'case', 'größe'].map(quoted)).toEqual([
      'amount',
      '"unit price"',
      '"say ""x"""',
      '"case"',
      '"größe"',
    ])
    expect(at('1 < "uni')).toMatchObject({ from: 4 })
  })

  it('offers the parameters of a run behind a colon, but not behind that of a cast', () => {
    const names = parameterNames(['last_run_date'])

    expect(at('WHERE t > :la', names)?.options.map(each => each.label)).toEqual([':last_run_date'])
    expect(at('amount::da', names)).toBeNull()
  })
})

it('knows which tables a query reads', () => {
  const known = ['public.orders', 'sales.orders', 'sales.items']
  const query = 'SELECT * FROM orders o JOIN "sales"."items" i ON true JOIN nowhere n ON true'

  expect(tablesNamed(query, known)).toEqual(['public.orders', 'sales.items'])
})
