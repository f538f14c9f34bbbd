const AFTER = /\b(?:from|join)\s+((?:"[^"]+"|`[^`]+`|[\w$]+)(?:\s*\.\s*(?:"[^"]+"|`[^`]+`|[\w$]+))?)/gi

/** The tables among the known ones (`schema.table`) that a query reads; without a schema, whichever comes first. */
export function tablesNamed(query: string, known: readonly string[]): string[] {
  const found = new Set<string>()
  for (const [, written = ''] of query.matchAll(AFTER)) {
    const name = written.replace(/["`\s]/g, '').toLowerCase()
    const table = known.find(each => {
      const lowered = each.toLowerCase()
      return lowered === name || (!name.includes('.') && lowered.endsWith(`.${name}`))
    })
    if (table) found.add(table)
  }
  return [...found]
}
