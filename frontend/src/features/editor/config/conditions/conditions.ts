import { isEqual } from '../../model/equality'
import { quoted } from '../code/quoted'

/** One comparison of a column, as a line of a form; `values` are texts as they are typed. */
export type Condition = { column: string; operator: Operator; values: string[] }
export type Conditions = { join: 'AND' | 'OR'; lines: Condition[] }

const COMPARED = ['=', '<>', '>', '>=', '<', '<='] as const
const CALLED = ['contains', 'starts_with', 'ends_with'] as const
export const OPERATORS = [...COMPARED, ...CALLED, 'IN', 'BETWEEN', 'IS NULL', 'IS NOT NULL'] as const
export type Operator = (typeof OPERATORS)[number]

type Token = { kind: 'word' | 'name' | 'text' | 'number' | 'sign'; value: string }

const TOKEN =
  /\s*(?:("(?:[^"]|"")*")|('(?:[^']|'')*')|(-?\d+(?:\.\d+)?(?![\w.]))|([A-Za-z_]\w*)|(<>|!=|<=|>=|[=<>(),]))/y

/** How many values an operator compares with; null for any number. */
export function valuesOf(operator: Operator): number | null {
  if (operator === 'IN') return null
  return operator === 'BETWEEN' ? 2 : operator.startsWith('IS') ? 0 : 1
}

/** The expression that lines stand for; `isText` tells which columns hold texts, whose values are quoted. */
export function written({ join, lines }: Conditions, isText: (column: string) => boolean): string {
  return lines.map(line => writtenLine(line, isText)).join(` ${join} `)
}

function writtenLine({ column, operator, values }: Condition, isText: (column: string) => boolean): string {
  const name = quoted(column)
  const [first = "''", second = "''"] = values.map(value => literal(value, isText(column)))
  if (operator.startsWith('IS')) return `${name} ${operator}`
  if (operator === 'IN') return `${name} IN (${values.map(value => literal(value, isText(column))).join(', ')})`
  if (operator === 'BETWEEN') return `${name} BETWEEN ${first} AND ${second}`
  const isCalled = (CALLED as readonly string[]).includes(operator)
  return isCalled ? `${operator}(${name}, ${literal(values[0] ?? '', true)})` : `${name} ${operator} ${first}`
}

function literal(value: string, isText: boolean): string {
  const isNumber = /^-?\d+(\.\d+)?$/.test(value)
  if (!isText && (isNumber || /^(true|false)$/i.test(value))) return value
  return `'${value.replaceAll("'", "''")}'`
}

/** An expression as lines; null when it says more than lines can, or lines would write it otherwise. */
export function linesOf(text: string, isText: (column: string) => boolean): Conditions | null {
  const found = parsed(text)
  return found && isEqual(cut(written(found, isText)), cut(text)) ? found : null
}

function parsed(text: string): Conditions | null {
  if (text.trim() === '') return { join: 'AND', lines: [] }
  const tokens = cut(text)
  if (!tokens) return null
  const lines: Condition[] = []
  const joins = new Set<string>()
  for (let at = 0; at < tokens.length; ) {
    const found = lineAt(tokens, at)
    if (!found) return null
    lines.push(found.line)
    at = found.end
    if (at === tokens.length) break
    const join = keyword(tokens[at])
    if ((join !== 'AND' && join !== 'OR') || at + 1 === tokens.length) return null
    joins.add(join)
    at += 1
  }
  // AND binds tighter than OR: both together are no plain list.
  return joins.size > 1 ? null : { join: joins.has('OR') ? 'OR' : 'AND', lines }
}

function cut(text: string): Token[] | null {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  const end = text.trimEnd().length
  while (TOKEN.lastIndex < end) {
    const found = TOKEN.exec(text)
    if (!found) return null
    tokens.push(tokenOf(found))
  }
  return tokens
}

function tokenOf([, name, string, number, word, sign = '']: RegExpExecArray): Token {
  if (name !== undefined) return { kind: 'name', value: name.slice(1, -1).replaceAll('""', '"') }
  if (string !== undefined) return { kind: 'text', value: string.slice(1, -1).replaceAll("''", "'") }
  if (number !== undefined) return { kind: 'number', value: number }
  return word === undefined ? { kind: 'sign', value: sign === '!=' ? '<>' : sign } : { kind: 'word', value: word }
}

type Found = { line: Condition; end: number } | null

function lineAt(tokens: readonly Token[], at: number): Found {
  const called = calledAt(tokens, at)
  if (called) return called
  const column = columnOf(tokens[at])
  if (column === undefined) return null
  const [next, after] = [tokens[at + 1], tokens[at + 2]]
  const operator = COMPARED.find(each => next?.kind === 'sign' && next.value === each)
  if (operator) {
    const value = constant(after)
    return value === undefined ? null : { line: { column, operator, values: [value] }, end: at + 3 }
  }
  if (keyword(next) === 'IS') return nullAt(column, tokens, at + 2)
  if (keyword(next) === 'IN') return listAt(column, tokens, at + 2)
  return keyword(next) === 'BETWEEN' ? rangeAt(column, tokens, at + 2) : null
}

function calledAt(tokens: readonly Token[], at: number): Found {
  const operator = CALLED.find(each => tokens[at]?.kind === 'word' && tokens[at]?.value.toLowerCase() === each)
  const [open, name, comma, value, close] = tokens.slice(at + 1, at + 6)
  const column = columnOf(name)
  if (!operator || column === undefined || value?.kind !== 'text') return null
  if (open?.value !== '(' || comma?.value !== ',' || close?.value !== ')') return null
  return { line: { column, operator, values: [value.value] }, end: at + 6 }
}

function nullAt(column: string, tokens: readonly Token[], at: number): Found {
  if (keyword(tokens[at]) === 'NULL') return { line: { column, operator: 'IS NULL', values: [] }, end: at + 1 }
  const isNot = keyword(tokens[at]) === 'NOT' && keyword(tokens[at + 1]) === 'NULL'
  return isNot ? { line: { column, operator: 'IS NOT NULL', values: [] }, end: at + 2 } : null
}

function listAt(column: string, tokens: readonly Token[], at: number): Found {
  if (tokens[at]?.value !== '(') return null
  const values: string[] = []
  for (let next = at + 1; ; next += 2) {
    const value = constant(tokens[next])
    if (value === undefined) return null
    values.push(value)
    const sign = tokens[next + 1]
    if (sign?.kind !== 'sign') return null
    if (sign.value === ')') return { line: { column, operator: 'IN', values }, end: next + 2 }
    if (sign.value !== ',') return null
  }
}

function rangeAt(column: string, tokens: readonly Token[], at: number): Found {
  const [low, high] = [constant(tokens[at]), constant(tokens[at + 2])]
  if (low === undefined || high === undefined || keyword(tokens[at + 1]) !== 'AND') return null
  return { line: { column, operator: 'BETWEEN', values: [low, high] }, end: at + 3 }
}

const WORDS = new Set(
  'AND OR NOT IN IS NULL BETWEEN LIKE ILIKE CASE WHEN CAST TRUE FALSE DATE TIMESTAMP EXTRACT'.split(' '),
)

function columnOf(token: Token | undefined): string | undefined {
  if (token?.kind === 'name') return token.value
  return token?.kind === 'word' && !WORDS.has(token.value.toUpperCase()) ? token.value : undefined
}

function constant(token: Token | undefined): string | undefined {
  if (token?.kind === 'text' || token?.kind === 'number') return token.value
  const word = keyword(token)
  return word === 'TRUE' || word === 'FALSE' ? word.toLowerCase() : undefined
}

function keyword(token: Token | undefined): string {
  return token?.kind === 'word' ? token.value.toUpperCase() : ''
}
