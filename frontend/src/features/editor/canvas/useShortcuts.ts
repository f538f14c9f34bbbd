import { useHotkeys } from '@mantine/hooks'
import { useEffect } from 'react'
import { copied, parsed, pasted } from '../model/clipboard'
import { redo, undo, useEditor } from '../store/editor'

const FIELDS = 'input, textarea, select, [contenteditable="true"]'

/** The keys of the canvas; within a field they mean what they mean there. */
export function useShortcuts(): void {
  useHotkeys([
    ['mod+Z', undo],
    ['mod+Shift+Z', redo],
    ['mod+Y', redo],
    ['mod+D', duplicate],
    ['mod+A', selectAll],
    ['Escape', () => useEditor.getState().select(new Set())],
  ])
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

function duplicate(): void {
  const { nodes, edges, insert } = useEditor.getState()
  const part = parsed(copied(nodes, edges))
  if (part && part.nodes.length > 0) insert(pasted(part, nodes))
}

function selectAll(): void {
  const { nodes, select } = useEditor.getState()
  select(new Set(nodes.map(node => node.id)))
}

/** Text that is marked, or a field that is written in, is what somebody means to copy. */
function isElsewhere(event: ClipboardEvent): boolean {
  const isField = event.target instanceof Element && event.target.closest(FIELDS) !== null
  return isField || (document.getSelection()?.toString() ?? '') !== ''
}
