import { del, get, set } from 'idb-keyval'
import { useCallback, useEffect, useRef, useState } from 'react'
import { isSame } from '../model/merge'
import type { Drawing } from '../model/types'
import { useEditor } from '../store/editor'

type Draft = { drawing: Drawing; revision: number | null; at: number }

const AFTER = 800

/** Keeps what is not saved in this browser; gives the draft of an earlier visit until it is restored or discarded. */
export function useDraft(pipelineId: string | undefined) {
  const key = `draft:${pipelineId ?? 'new'}`
  const [found, setFound] = useState<Draft | null>(null)
  // Until the earlier draft is looked for and decided on, nothing may overwrite it.
  const isHeld = useRef(true)

  useEffect(() => {
    let isGone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    isHeld.current = true
    get<Draft>(key)
      .catch(() => undefined)
      .then(draft => {
        if (isGone) return
        const isNews = draft !== undefined && !isSame(draft.drawing, useEditor.getState())
        isHeld.current = isNews
        setFound(isNews ? draft : null)
      })
    const stop = useEditor.subscribe((state, before) => {
      const { nodes, edges, settings, saved } = before
      if (state.nodes === nodes && state.edges === edges && state.settings === settings && state.saved === saved) return
      clearTimeout(timer)
      if (isHeld.current) return
      // At once after a save, since a new pipeline's page is left with it.
      if (state.saved !== saved) keep(key)
      else timer = setTimeout(keep, AFTER, key)
    })
    return () => {
      isGone = true
      stop()
      clearTimeout(timer)
    }
  }, [key])

  const decide = useCallback(
    (isWanted: boolean) => {
      if (found && isWanted) useEditor.getState().replace(found.drawing, found.revision)
      isHeld.current = false
      setFound(null)
      if (!isWanted) keep(key)
    },
    [found, key],
  )
  return { found, decide }
}

/** Whether the drawing differs from what the server has. */
export function isUnsaved(): boolean {
  const state = useEditor.getState()
  return state.saved !== null && !isSame(state.saved, state)
}

/** Without a place to keep drafts, as in some private windows, there are none. */
function keep(key: string): void {
  const { settings, nodes, edges, revision } = useEditor.getState()
  const done = isUnsaved() ? set(key, { drawing: { settings, nodes, edges }, revision, at: Date.now() }) : del(key)
  done.catch(() => undefined)
}
