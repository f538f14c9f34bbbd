import { expect, it } from 'vitest'
import { linesOf, written } from './conditions'

const isText = (column: string) => ['status', 'unit name'].includes(column)

it.each([
  ["amount > 100 AND status = 'active'", 2],
  ['"unit name" IS NOT NULL', 1],
  ["status IN ('paid', 'it''s open') OR amount BETWEEN 1 AND 2.5 OR contains(status, 'x')", 3],
  ["order_date >= '2024-01-01' AND is_new = true", 2],
  ["status = '007'", 1],
])('shows %s as lines, and writes them as the same expression', (text, count) => {
  const lines = linesOf(text, isText)

  expect(lines?.lines).toHaveLength(count)
  expect(lines && written(lines, isText)).toBe(text)
})

it.each([
  "amount > 100 AND status = 'a' OR status = 'b'",
  'amount > price',
  'NOT is_new',
  "(amount > 1) AND status = 'a'",
  "lower(status) = 'a'",
  "amount > '5'",
  'amount > 1 AND',
  "status = 'a",
  'a = 1; DROP TABLE x',
])('leaves %s to be edited as text', text => {
  expect(linesOf(text, isText)).toBeNull()
})
