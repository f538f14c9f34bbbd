import { useHotkeys } from '@mantine/hooks'
import { useEffect } from 'react'
import { useActions } from '../EditorActions'
import { copied, parsed, pasted } from '../model/clipboard'
import { isModule } from '../model/types'
import { usePalette } from '../palette/usePalette'
import { useDesk } from '../store/desk'
import { redo, undo, useEditor } from '../store/editor'
import { duplicate, selectAll, useCommands } from './commands'

const FIELDS = 'input, textarea, select, [contenteditable="true"]'

/** The keys of the builder, as `model/shortcuts.ts` lists them; within a field most mean what they mean there. */
export function useShortcuts(): void {
  const { layOut, addNote, showAll } = useCommands()
  const { refusal, save, isSaving, run, isStarting } = useActions()
  const { toggle, showDock } = useDesk.getState()
  const { open } = usePalette()
  const addModule = () => {
    open()
    toggle('palette', true)
  }
  useHotkeys([
    ['mod+Z', undo],
    ['mod+Shift+Z', redo],
    ['mod+Y', redo],
    ['mod+D', duplicate],
    ['mod+A', selectAll],
    ['Escape', () => useEditor.getState().select(new Set())],
    ['L', () => void layOut()],
    ['A', addModule],
    ['N', () => addNote()],
    ['F', () => void showAll()],
    ['P', () => showDock('preview')],
    ['R', () => showDock('run')],
    ['S', suggest],
    ['O', () => refusal === null && toggle('optimize', true)],
    ['?', () => toggle('shortcuts', true)],
    ['shift+?', () => toggle('shortcuts', true)],
  ])
  // Also within a field, where the browser would save or search the page.
  useHotkeys(
    [
      ['mod+S', () => !isSaving && save()],
      ['mod+Enter', () => !isStarting && run()],
      ['mod+F', () => toggle('search', true)],
      ['mod+,', () => toggle('settings', true)],
    ],
    [],
  )
  useEffect(() => {
    const copy = (event: ClipboardEvent) => {
      const { nodes, edges } = useEditor.getState()
      if (isElsewhere(event) || !nodes.some(node => node.selected)) return
      event.clipboardData?.setData('text/plain', copied(nodes, edges))
      event.preventDefault()
    }
    const paste = (event: ClipboardEvent) => {
      const part = isElsewhere(event) ? null : parsed(event.clipboardData?.getData('text/plain') ?? '')
      if (!part) return
      event.preventDefault()
      useEditor.getState().insert(pasted(part, useEditor.getState().nodes))
    }
    document.addEventListener('copy', copy)
    document.addEventListener('paste', paste)
    return () => {
      document.removeEventListener('copy', copy)
      document.removeEventListener('paste', paste)
    }
  }, [])
}

/** What could come after the chosen step, at its output; with none chosen, first of all. */
function suggest(): void {
  const chosen = useEditor.getState().nodes.filter(node => node.selected && isModule(node))
  const nodeId = chosen.length === 1 ? (chosen[0]?.id ?? null) : null
  const node = nodeId && document.querySelector(`.react-flow__node[data-id="${CSS.escape(nodeId)}"]`)
  const { right, bottom } =
    (node || document.querySelector('.react-flow__panel'))?.getBoundingClientRect() ?? new DOMRect()
  useDesk.getState().suggestAt({ x: right, y: bottom, nodeId })
}

/** Text that is marked, or a field that is written in, is what somebody means to copy. */
function isElsewhere(event: ClipboardEvent): boolean {
  const isField = event.target instanceof Element && event.target.closest(FIELDS) !== null
  return isField || (document.getSelection()?.toString() ?? '') !== ''
}
