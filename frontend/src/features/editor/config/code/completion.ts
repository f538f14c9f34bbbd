import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  snippet,
} from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'
import type { ColumnOut, FunctionOut } from '@/api/generated'
import { describedFunction } from './described'
import { KEYWORDS, quoted } from './quoted'

/** What can be written at a place of an expression: columns first, then functions, then words of the language. */
export function expressionWords(columns: readonly ColumnOut[], functions: readonly FunctionOut[]): CompletionSource {
  const ofColumns = columns.map(
    ({ name, type }): Completion => ({ label: name, detail: type, type: 'property', apply: quoted(name), boost: 2 }),
  )
  const ofFunctions = functions.map(
    (each): Completion => ({
      label: each.name,
      detail: each.signature.slice(each.name.length),
      type: 'function',
      info: () => describedFunction(each),
      apply: each.signature.endsWith('()') ? `${each.name}()` : snippet(`${each.name}(\${})`),
      boost: 1,
    }),
  )
  const ofLanguage = KEYWORDS.map((label): Completion => ({ label, type: 'keyword' }))
  const all = [...ofColumns, ...ofFunctions, ...ofLanguage]
  return context => {
    if (isWithinText(context)) return null
    const name = context.matchBefore(/"[^"]*/)
    if (name)
      return {
        from: name.from,
        options: ofColumns.map(each => ({ ...each, label: `"${each.label}"` })),
        validFor: /^"[^"]*"?$/,
      }
    return words(context, all)
  }
}

/** The parameters of a run, behind a colon. */
export function parameterNames(names: readonly string[]): CompletionSource {
  const options = names.map((name): Completion => ({ label: `:${name}`, type: 'variable' }))
  return context => {
    const typed = context.matchBefore(/(?<!:):\w*/)
    return typed && !isWithinText(context) ? { from: typed.from, options, validFor: /^:\w*$/ } : null
  }
}

function words(context: CompletionContext, options: readonly Completion[]): CompletionResult | null {
  const typed = context.matchBefore(/[\w]+/)
  if (!typed && !context.explicit) return null
  if (typed && /^\d/.test(typed.text)) return null
  return { from: typed?.from ?? context.pos, options, validFor: /^\w*$/ }
}

function isWithinText({ state, pos }: CompletionContext): boolean {
  return syntaxTree(state).resolveInner(pos, -1).name === 'String'
}
