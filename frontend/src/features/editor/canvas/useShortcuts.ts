import { useHotkeys } from '@mantine/hooks'
import { useEffect } from 'react'
import { useActions } from '../EditorActions'
import { copied, parsed, pasted } from '../model/clipboard'
import { useDesk } from '../store/desk'
import { redo, undo, useEditor } from '../store/editor'
import { duplicate, selectAll, useCommands } from './commands'

const FIELDS = 'input, textarea, select, [contenteditable="true"]'

/** The keys of the builder, as `model/shortcuts.ts` lists them; within a field most mean what they mean there. */
export function useShortcuts(): void {
  const { layOut, addNote, showAll } = useCommands()
  const { save, isSaving, run, isStarting } = useActions()
  const { toggle, showDock } = useDesk.getState()
  useHotkeys([
    ['mod+Z', undo],
    ['mod+Shift+Z', redo],
    ['mod+Y', redo],
    ['mod+D', duplicate],
    ['mod+A', selectAll],
    ['Escape', () => useEditor.getState().select(new Set())],
    ['L', () => void layOut()],
    ['N', () => addNote()],
    ['F', () => void showAll()],
    ['P', () => showDock('preview')],
    ['R', () => showDock('run')],
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

/** Text that is marked, or a field that is written in, is what somebody means to copy. */
function isElsewhere(event: ClipboardEvent): boolean {
  const isField = event.target instanceof Element && event.target.closest(FIELDS) !== null
  return isField || (document.getSelection()?.toString() ?? '') !== ''
}
