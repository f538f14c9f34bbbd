import {
  autocompletion,
  type CompletionSource,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { MySQL, PostgreSQL, SQLDialect, type SQLNamespace, sql } from '@codemirror/lang-sql'
import { bracketMatching } from '@codemirror/language'
import { lintKeymap, nextDiagnostic, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state'
import { EditorView, hoverTooltip, keymap, placeholder as placeholderText, tooltips } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { ColumnOut, FunctionOut } from '@/api/generated'
import { expressionWords, parameterNames } from './completion'
import { described, describedFunction } from './described'
import type { Issue } from './issues'
import { look } from './theme'

export type Language =
  | { is: 'expression'; columns: readonly ColumnOut[]; functions: readonly FunctionOut[] }
  | { is: 'sql'; dialect: 'postgres' | 'mysql'; tables: SQLNamespace; parameters: readonly string[] }

type Props = {
  value: string
  onChange: (value: string) => void
  language: Language
  issues: readonly Issue[]
  placeholder?: string
  /** How it is called and described to who does not see it. */
  attributes: Record<string, string>
}

/** Text in SQL or the expression language, with completion, help at the mouse, and problems at their place. */
export default function CodeEditor({ value, onChange, language, issues, placeholder = '', attributes }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const changed = useRef(onChange)
  changed.current = onChange
  const parts = useRef({ language: new Compartment(), about: new Compartment() })

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what varies is put into it below
  useEffect(() => {
    if (!frame.current) return
    const { language: words, about } = parts.current
    const isOneLine = language.is === 'expression'
    const made = new EditorView({
      parent: frame.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          words.of(wordsOf(language)),
          about.of([]),
          isOneLine ? Prec.high(keymap.of([{ key: 'Enter', run: () => true }])) : [],
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
          history(),
          closeBrackets(),
          bracketMatching(),
          EditorView.lineWrapping,
          // Over the edges of the panel, which scrolls.
          tooltips({ position: 'fixed', parent: document.body }),
          look,
          EditorView.domEventHandlers({ led: (_event: Event, view: EditorView) => nextDiagnostic(view) } as object),
          EditorView.updateListener.of(update => {
            if (update.docChanged && update.transactions.some(each => !each.isUserEvent('outside')))
              changed.current(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => {
      made.destroy()
      view.current = null
    }
  }, [])

  useEffect(() => {
    const now = view.current
    if (now && now.state.doc.toString() !== value) {
      now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: value }, userEvent: 'outside' })
    }
  }, [value])
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.language.reconfigure(wordsOf(language)) })
  }, [language])
  useEffect(() => {
    const about = [placeholderText(placeholder), EditorView.contentAttributes.of(attributes)]
    view.current?.dispatch({ effects: parts.current.about.reconfigure(about) })
  }, [placeholder, attributes])
  useEffect(() => {
    const now = view.current
    if (!now) return
    const within = issues.filter(({ to }) => to <= now.state.doc.length)
    now.dispatch(setDiagnostics(now.state, [...within]))
  }, [issues])
  return <div ref={frame} />
}

function wordsOf(language: Language): Extension {
  if (language.is === 'expression') {
    const { columns, functions } = language
    const dialect = SQLDialect.define({
      keywords:
        'and or not in is null between like ilike case when then else end cast as true false extract from at time zone',
      types: 'integer bigint float boolean string date timestamp timestamptz decimal interval',
      builtin: functions.map(each => each.name).join(' '),
    })
    return [dialect.extension, completing([expressionWords(columns, functions)]), helpAtMouse(columns, functions)]
  }
  const dialect = language.dialect === 'mysql' ? MySQL : PostgreSQL
  const support = sql({ dialect, schema: language.tables, defaultSchema: 'public', upperCaseKeywords: true })
  return [
    support,
    dialect.language.data.of({ autocomplete: parameterNames(language.parameters) }),
    autocompletion({ icons: false }),
  ]
}

function completing(override: CompletionSource[]): Extension {
  return autocompletion({ override, icons: false, activateOnTyping: true })
}

function helpAtMouse(columns: readonly ColumnOut[], functions: readonly FunctionOut[]): Extension {
  return hoverTooltip((view, at) => {
    const range = view.state.wordAt(at)
    if (!range) return null
    const word = view.state.sliceDoc(range.from, range.to)
    const column = columns.find(each => each.name === word)
    const found = functions.find(each => each.name === word.toLowerCase())
    const isCall = view.state.sliceDoc(range.to, range.to + 1) === '('
    const dom =
      found && (isCall || !column) ? describedFunction(found) : column && described(`${column.name} ${column.type}`)
    return dom ? { pos: range.from, end: range.to, above: true, create: () => ({ dom }) } : null
  })
}
