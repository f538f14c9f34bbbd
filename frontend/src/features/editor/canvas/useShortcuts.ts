import { useHotkeys } from '@mantine/hooks'
import { useEffect } from 'react'
import type { ModuleOut } from '@/api/generated'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { useActions } from '../EditorActions'
import { copied, parsed, pasted } from '../model/clipboard'
import { fedInputs } from '../model/connections'
import { isModule, type ModuleNode } from '../model/types'
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
  const modules = useModules()
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
    ['Escape', event => isOnTop(event) || useEditor.getState().select(new Set())],
    ['L', () => void layOut()],
    ['A', addModule],
    ['N', () => addNote()],
    ['F', () => void showAll()],
    ['P', () => showDock('preview')],
    ['R', () => showDock('run')],
    ['S', () => suggest(modules)],
    ['C', connectByKey],
    ['T', () => showDock('lineage')],
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

/**
 * What could feed the first free input of the step in hand, for without its rows nothing can be said of what comes next;
 * else what could come after it. With none chosen, first of all.
 */
function suggest(modules: ReadonlyMap<string, ModuleOut>): void {
  const { edges } = useEditor.getState()
  const step = stepInHand()
  const box = step && document.querySelector(`.react-flow__node[data-id="${CSS.escape(step.id)}"]`)
  const { left, right, bottom } =
    (box || document.querySelector('.react-flow__panel'))?.getBoundingClientRect() ?? new DOMRect()
  const fed = step ? fedInputs(step.id, edges).split('\n') : []
  const free = modules.get(step?.data.moduleId ?? '')?.inputs.find(({ handle }) => !fed.includes(handle))
  const { suggestAt } = useDesk.getState()
  if (step && free) suggestAt({ x: left, y: bottom, nodeId: step.id, handle: free.handle })
  else suggestAt({ x: right, y: bottom, nodeId: step?.id ?? null })
}

/** The step that a key is about: the one that has the focus, else the chosen one. */
function stepInHand(): ModuleNode | undefined {
  const focused = document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset.id
  const steps = useEditor.getState().nodes.filter(isModule)
  const chosen = steps.filter(node => node.selected)
  return steps.find(node => node.id === focused) ?? (chosen.length === 1 ? chosen[0] : undefined)
}

function connectByKey(): void {
  const step = stepInHand()
  if (step) useDesk.getState().connectFrom(step.id)
  else toast.info(strings.editor.connect.chooseFirst, { id: 'connect' })
}

/** A menu or a dialog closes by the key; what is chosen below it stays. */
function isOnTop({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('[role="menu"], [role="dialog"]') !== null
}

/** Text that is marked, or a field that is written in, is what somebody means to copy. */
function isElsewhere(event: ClipboardEvent): boolean {
  const isField = event.target instanceof Element && event.target.closest(FIELDS) !== null
  return isField || (document.getSelection()?.toString() ?? '') !== ''
}
