import type { ProblemOut } from '@/api/generated'

export type Issue = { from: number; to: number; severity: 'error' | 'warning'; message: string }

const PLACE = /\(line (\d+), column (\d+)\)/
const NAMED = /["'“]([^"'“”]+)["'”]/g

/** Where in a text its problems are: at the place they tell, else at the name they quote. */
export function issuesIn(text: string, problems: readonly ProblemOut[]): Issue[] {
  return problems.flatMap(({ message, hint, severity }) => {
    const range = toldPlace(text, message) ?? namedPlace(text, message)
    const said = message.replace(PLACE, '').replaceAll('  ', ' ').trim()
    return range ? [{ ...range, severity, message: hint ? `${said} ${hint}` : said }] : []
  })
}

function toldPlace(text: string, message: string): { from: number; to: number } | null {
  const found = PLACE.exec(message)
  if (!found) return null
  const lines = text.split('\n')
  const [line, column] = [Number(found[1]) - 1, Number(found[2]) - 1]
  if (line >= lines.length) return null
  const start = lines.slice(0, line).reduce((length, each) => length + each.length + 1, 0)
  // The service counts characters, an editor UTF-16 units.
  const before = [...(lines[line] ?? '')].slice(0, column).join('').length
  return around(text, Math.min(start + before, text.length))
}

function namedPlace(text: string, message: string): { from: number; to: number } | null {
  for (const [, name = ''] of message.matchAll(NAMED)) {
    const found = new RegExp(`(?<![\\w])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`, 'i').exec(text)
    if (found) return { from: found.index, to: found.index + found[0].length }
  }
  return null
}

/** The word, quoted text or sign at a place; at the very end what stands before it. */
function around(text: string, at: number): { from: number; to: number } {
  const word = /^(\w+|"[^"]*"?|'[^']*'?|\S|\s)/.exec(text.slice(at))
  if (word) return { from: at, to: at + word[0].length }
  return { from: Math.max(0, at - 1), to: at }
}
