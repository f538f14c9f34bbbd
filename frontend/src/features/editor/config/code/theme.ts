import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const colors = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.standard(tags.name), tags.typeName], color: 'var(--code-function)' },
  { tag: tags.comment, color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' },
])

/** The editor as a field of the form: its frame is drawn around it, by Code.module.css. */
export const look = [
  syntaxHighlighting(colors),
  EditorView.theme({
    '&': { backgroundColor: 'transparent', color: 'inherit', fontSize: '12.5px' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55' },
    '.cm-content': { padding: '6px 0', caretColor: 'var(--mantine-color-text)' },
    '.cm-line': { padding: '0 10px' },
    '.cm-placeholder': { color: 'var(--mantine-color-placeholder)' },
    '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
    '.cm-tooltip': {
      backgroundColor: 'var(--mantine-color-body)',
      border: '1px solid var(--ld-border)',
      borderRadius: '6px',
      color: 'var(--mantine-color-text)',
      boxShadow: 'var(--mantine-shadow-md)',
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'inherit', maxHeight: '240px' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      backgroundColor: 'var(--mantine-primary-color-filled)',
      color: 'var(--mantine-color-white)',
    },
    '.cm-completionDetail': { opacity: '0.75', fontStyle: 'normal' },
    '.cm-diagnostic': { fontFamily: 'var(--mantine-font-family)', fontSize: '12px' },
  }),
]
