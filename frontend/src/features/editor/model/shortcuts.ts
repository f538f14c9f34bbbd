import { strings } from '@/strings'

const text = strings.editor.shortcuts.does

/** Every key of the builder, as the cheat sheet shows it; `+` stands between keys that are held together. */
export const SHORTCUTS: readonly {
  group: keyof typeof strings.editor.shortcuts.groups
  keys: string[]
  does: string
}[] = [
  { group: 'pipeline', keys: ['Ctrl+S'], does: text.save },
  { group: 'pipeline', keys: ['Ctrl+Enter'], does: text.run },
  { group: 'pipeline', keys: ['Ctrl+,'], does: text.settings },
  { group: 'edit', keys: ['Ctrl+Z'], does: text.undo },
  { group: 'edit', keys: ['Ctrl+Y', 'Ctrl+Shift+Z'], does: text.redo },
  { group: 'edit', keys: ['Ctrl+C', 'Ctrl+V'], does: text.copy },
  { group: 'edit', keys: ['Ctrl+D'], does: text.duplicate },
  { group: 'edit', keys: ['Delete', 'Backspace'], does: text.delete },
  { group: 'edit', keys: ['A'], does: text.module },
  { group: 'edit', keys: ['N'], does: text.note },
  { group: 'edit', keys: ['S'], does: text.suggest },
  { group: 'edit', keys: ['C'], does: text.connect },
  { group: 'canvas', keys: ['Ctrl+F'], does: text.search },
  { group: 'canvas', keys: ['L'], does: text.layout },
  { group: 'canvas', keys: ['F'], does: text.fit },
  { group: 'canvas', keys: ['Ctrl+A'], does: text.all },
  { group: 'canvas', keys: ['Shift+drag'], does: text.frame },
  { group: 'canvas', keys: ['Ctrl+click'], does: text.more },
  { group: 'canvas', keys: ['Arrow keys'], does: text.move },
  { group: 'canvas', keys: ['Escape'], does: text.none },
  { group: 'panels', keys: ['P'], does: text.preview },
  { group: 'panels', keys: ['R'], does: text.runPanel },
  { group: 'panels', keys: ['T'], does: text.lineage },
  { group: 'panels', keys: ['O'], does: text.optimize },
  { group: 'panels', keys: ['?'], does: text.help },
]
