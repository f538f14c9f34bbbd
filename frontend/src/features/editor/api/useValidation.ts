import { useEffect } from 'react'
import { validateGraph } from '@/api/generated'
import { toGraph } from '../model/drawing'
import { useEditor } from '../store/editor'

const AFTER = 400

/** Ask the service about the drawing a moment after each change; an answer about an older one is dropped. */
export function useValidation(): void {
  const settings = useEditor(state => state.settings)
  const nodes = useEditor(state => state.nodes)
  const edges = useEditor(state => state.edges)
  const body = JSON.stringify(toGraph({ settings: { ...settings, name: settings.name.trim() || '-' }, nodes, edges }))

  useEffect(() => {
    const asking = new AbortController()
    const timer = setTimeout(async () => {
      try {
        const { data } = await validateGraph({ body: JSON.parse(body), signal: asking.signal })
        if (!asking.signal.aborted) useEditor.getState().judge(data)
      } catch {
        // The last verdict stays; saving says what is wrong with the connection.
      }
    }, AFTER)
    return () => {
      clearTimeout(timer)
      asking.abort()
    }
  }, [body])
}
