/** The words of the expression language that completion offers. */
export const KEYWORDS =
  'AND OR NOT IN IS NULL BETWEEN LIKE ILIKE CASE WHEN THEN ELSE END CAST AS TRUE FALSE DATE TIMESTAMP INTERVAL EXTRACT FROM'.split(
    ' ',
  )
const RESERVED = new Set([
  ...KEYWORDS,
  'CURRENT_DATE',
  'CURRENT_TIMESTAMP',
  'SELECT',
  'WHERE',
  'TIMESTAMPTZ',
  'AT',
  'ZONE',
])

/** A column's name as it stands in an expression. */
export function quoted(name: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toUpperCase())
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`
}
